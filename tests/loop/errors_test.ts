/** What tasks throw, as it comes out of the loop. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
} from "@std/assert";
import {
  type LoopController,
  RemoteError,
  type TaskFunction,
} from "../../mod.ts";
import { openLoop } from "../helpers.ts";

declare const task: import("../../src/task_api.ts").Task;

async function failure(
  loop: LoopController,
  throws: TaskFunction<[], unknown>,
): Promise<Error> {
  const outcome = await loop.submit(throws).outcome();
  assert(outcome.state === "failed", outcome.state);
  return outcome.error;
}

Deno.test("a chain of causes comes out whole", async () => {
  await using loop = openLoop();
  const error = await failure(loop, () => {
    try {
      try {
        JSON.parse("{");
      } catch (cause) {
        throw new TypeError("bad config", { cause });
      }
    } catch (cause) {
      throw new Error("can't start", { cause });
    }
  });
  assertEquals(error.message, "can't start");
  assertInstanceOf(error.cause, TypeError);
  assertInstanceOf(error.cause.cause, SyntaxError);
  assertMatch(error.cause.cause.stack!, /at JSON\.parse/);
});

Deno.test("the AggregateError of Promise.any comes out with its members", async () => {
  await using loop = openLoop();
  const error = await failure(loop, () =>
    Promise.any([
      Promise.reject(new RangeError("a")),
      Promise.reject("b"),
    ]));
  assertInstanceOf(error, AggregateError);
  assertInstanceOf(error.errors[0], RangeError);
  assertEquals(error.errors[1], "b");
});

Deno.test("a DOMException comes out with its name", async () => {
  await using loop = openLoop();
  const error = await failure(loop, () => structuredClone(() => {}));
  assertInstanceOf(error, DOMException);
  assertEquals(error.name, "DataCloneError");
});

Deno.test("an error of Deno's comes out as one", async () => {
  await using loop = openLoop();
  const error = await failure(loop, () => Deno.readTextFile("/no/such/file"));
  assertInstanceOf(error, Deno.errors.NotFound);
});

Deno.test("both errors of a `using` that fails come out", async () => {
  await using loop = openLoop();
  const error = await failure(loop, () => {
    using _ = {
      [Symbol.dispose]: () => {
        throw new RangeError("dispose");
      },
    };
    throw new TypeError("body");
  });
  assertInstanceOf(error, SuppressedError);
  assertInstanceOf(error.error, RangeError);
  assertInstanceOf(error.suppressed, TypeError);
});

Deno.test("an error of the task's own class comes out as a RemoteError of its name and fields", async () => {
  await using loop = openLoop();
  const error = await failure(loop, () => {
    class HttpError extends Error {
      override name = "HttpError";
      constructor(readonly status: number) {
        super(`status ${status}`);
      }
    }
    throw new HttpError(404);
  });
  assertInstanceOf(error, RemoteError);
  assertInstanceOf(error, Error);
  assertEquals([error.name, error.message], ["HttpError", "status 404"]);
  assertEquals((error as RemoteError & { status?: number }).status, 404);
  assertMatch(error.stack!, /^HttpError: status 404|^Error: status 404/);
});

Deno.test("what a task throws that is no Error comes out as the cause of a RemoteError", async () => {
  await using loop = openLoop();
  const error = await failure(loop, () => {
    throw { code: 7 };
  });
  assertInstanceOf(error, RemoteError);
  assertEquals(error.cause, { code: 7 });
});

/** Errors that resist being looked at. */
const HOSTILE: Readonly<Record<string, () => never>> = {
  "a name that throws": () => {
    throw Object.defineProperty(new Error("a"), "name", {
      get: () => {
        throw new Error("hostile");
      },
    });
  },
  "a constructor that throws": () => {
    throw Object.defineProperty(new Error("a"), "constructor", {
      get: () => {
        throw new Error("hostile");
      },
    });
  },
  "a Proxy that throws at everything": () => {
    const trap = () => {
      throw new Error("hostile");
    };
    throw new Proxy(new Error("a"), {
      get: trap,
      ownKeys: trap,
      getPrototypeOf: trap,
    });
  },
  "a frozen ReferenceError": () => {
    throw Object.freeze(new ReferenceError("x is not defined"));
  },
  "a circle of causes": () => {
    const a: Error & { cause?: unknown } = new Error("a");
    a.cause = new Error("b", { cause: a });
    throw a;
  },
};

for (const [what, throws] of Object.entries(HOSTILE)) {
  Deno.test(`a task that throws an error with ${what} fails, and no other does`, async () => {
    await using loop = openLoop();
    // The second time the function is at hand already, and called at once.
    for (const _ of [1, 2]) {
      const other = loop.submit(() => "unharmed");
      assertInstanceOf(await failure(loop, throws), Error);
      assertEquals(await other, "unharmed");
    }
  });
}

Deno.test("the stack is the task's, then where it was submitted, and none of loopctl's own", async () => {
  await using loop = openLoop();
  const error = await failure(loop, async function outer() {
    const inner = () => {
      throw new Error("boom");
    };
    await task.sleep(1);
    inner();
  });
  const { stack } = error;
  assertMatch(
    stack!,
    /^Error: boom\n +at inner \(inline-task.*\n +at outer \(inline-task[^]*submitted as task 1\n.*errors_test\.ts/,
  );
  assertEquals(/\/src\/(loop|controller|engine)\//.test(stack!), false, stack!);
});
