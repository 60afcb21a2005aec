import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { type LoopController, moduleTask, RemoteError } from "../../../mod.ts";
import type { Suite } from "./suite.ts";

async function errorOf(
  loop: LoopController,
  task: () => unknown,
): Promise<Error> {
  const outcome = await loop.submit(task).outcome();
  assert(outcome.state === "failed", outcome.state);
  return outcome.error;
}

export const errors: Suite = {
  name: "errors",
  cases: {
    "an error keeps its class, message, fields and causes": async (loop) => {
      const error = await errorOf(loop, () => {
        const cause = new RangeError("the root", { cause: { code: 7 } });
        throw Object.assign(new TypeError("no", { cause }), {
          path: "/x",
          when: new Date(3),
        });
      });
      assertInstanceOf(error, TypeError);
      assertEquals(error.message, "no");
      const { path, when } = error as unknown as Record<string, unknown>;
      assertEquals([path, when], ["/x", new Date(3)]);
      assertInstanceOf(error.cause, RangeError);
      assertEquals(error.cause.cause, { code: 7 });
    },

    "an error's stack is the task's, then where it was submitted": async (
      loop,
    ) => {
      const { stack = "" } = await errorOf(loop, function inner() {
        throw new Error("here");
      });
      assertMatch(stack, /at inner .*inline-task/);
      assertMatch(stack, /submitted as task \d+\n.*errors\.ts/);
    },

    "an AggregateError keeps its errors": async (loop) => {
      const error = await errorOf(
        loop,
        () => Promise.any([Promise.reject(new TypeError("a"))]),
      );
      assertInstanceOf(error, AggregateError);
      assertInstanceOf(error.errors[0], TypeError);
    },

    "a DOMException keeps its name": async (loop) => {
      const error = await errorOf(loop, () => {
        throw new DOMException("too big", "QuotaExceededError");
      });
      assertInstanceOf(error, DOMException);
      assertEquals(error.name, "QuotaExceededError");
    },

    "an error of the user's own class keeps its name and fields": async (
      loop,
    ) => {
      const error = await errorOf(loop, () => {
        class NoSuchPage extends Error {
          override name = "NoSuchPage";
          status = 404;
        }
        throw new NoSuchPage("/x");
      });
      assertInstanceOf(error, RemoteError);
      assertEquals([error.name, error.message], ["NoSuchPage", "/x"]);
      assertEquals((error as unknown as { status: number }).status, 404);
    },

    "what is thrown and no Error becomes the cause of one": async (loop) => {
      const error = await errorOf(loop, () => {
        throw { code: 1n };
      });
      assertInstanceOf(error, RemoteError);
      assertEquals(error.cause, { code: 1n });
    },

    "a part of an error that can't be copied is told in words": async (
      loop,
    ) => {
      const error = await errorOf(loop, () => {
        throw Object.assign(new Error("with parts"), {
          socket: new URL("http://a/"),
          nested: { memory: new SharedArrayBuffer(4), f: () => 1 },
        });
      });
      assertEquals(error.message, "with parts");
      const { socket } = error as unknown as Record<string, unknown>;
      assertMatch(String(socket), /URL/);
    },

    "a module that fails to load fails its task with what it threw": async (
      loop,
    ) => {
      const url = "data:text/javascript,throw new RangeError('at load')";
      await assertRejects(
        () => loop.submit(moduleTask(url, "f")).then(),
        RangeError,
        "at load",
      );
    },

    "an export that is not there fails its task, naming those that are": async (
      loop,
    ) => {
      const url = "data:text/javascript,export function real() {}";
      await assertRejects(
        () => loop.submit(moduleTask(url, "fake")).then(),
        TypeError,
        "it exports real",
      );
    },

    "exportsOf tells what a module exports": async (loop) => {
      const source =
        `export const n = 2, f = (a, b = "),", ...c) => 1, g = x => x;
        export async function h({ a, b = [1] } = {}, /* ) */ last) {}
        export class C {}
        export function* i() {}
        export async function* j() {}
        export function none() {}`;
      const url = `data:text/javascript,${encodeURIComponent(source)}`;
      const { exports, files } = await loop.exportsOf(url);
      assertEquals(files, []);
      assertEquals(
        exports.map(({ name, kind, parameters }) =>
          kind === "function" ? `${name}(${parameters})` : `${name}: ${kind}`
        ).sort(),
        [
          "C: class",
          'f(a, b = "),", ...c)',
          "g(x)",
          "h({ a, b = [1] } = {}, last)",
          "i: generator",
          "j: async generator",
          "n: value",
          "none()",
        ],
      );
    },

    "exportsOf rejects with what the module throws": async (loop) => {
      const url = "data:text/javascript,throw new RangeError('at load')";
      await assertRejects(() => loop.exportsOf(url), RangeError, "at load");
    },

    "a stray throw in a timer is noted in its task's log and harms nothing":
      async (loop) => {
        const handle = loop.submit(async () => {
          setTimeout(() => {
            throw new Error("stray");
          });
          await new Promise((resolve) => setTimeout(resolve, 5));
          return "unharmed";
        });
        assertEquals(await handle, "unharmed");
        assertMatch(handle.logs()[0]?.text ?? "", /uncaught: Error: stray/);
      },

    "an unhandled rejection is noted in its task's log and harms nothing":
      async (loop) => {
        const handle = loop.submit(async () => {
          Promise.reject(new Error("stray"));
          await new Promise((resolve) => setTimeout(resolve, 5));
          return "unharmed";
        });
        assertEquals(await handle, "unharmed");
        assertMatch(
          handle.logs()[0]?.text ?? "",
          /unhandled rejection: Error: stray/,
        );
      },
  },
};
