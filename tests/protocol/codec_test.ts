import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { decodeThrown, encodeThrown } from "../../src/protocol/codec.ts";
import {
  CancelledError,
  InvalidStateError,
  LoopLostError,
  RemoteError,
  TimeoutError,
} from "../../src/errors.ts";
import type { EncodedThrown } from "../../src/protocol/messages.ts";

/** As it comes out on the other side of a real structured clone. */
function across(thrown: unknown): Error {
  return decodeThrown(structuredClone(encodeThrown(thrown)));
}

Deno.test("an error crosses with its name, message and stack", () => {
  const error = new Error("boom");
  const copy = across(error);
  assertEquals(copy.name, "Error");
  assertEquals(copy.message, "boom");
  assertEquals(copy.stack, error.stack);
});

const BUILT_IN = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
] as const;

for (const Class of BUILT_IN) {
  Deno.test(`a ${Class.name} crosses as a ${Class.name}`, () => {
    const copy = across(new Class("boom"));
    assertInstanceOf(copy, Class);
    assertEquals(copy.constructor, Class);
    assertEquals(copy.message, "boom");
  });
}

for (const [name, Class] of Object.entries(Deno.errors)) {
  Deno.test(`a Deno.errors.${name} crosses as one`, () => {
    const copy = across(Object.assign(new Class("boom"), { code: "ECODE" }));
    assertInstanceOf(copy, Class);
    assertEquals(copy.name, name);
    assertEquals((copy as Error & { code?: string }).code, "ECODE");
  });
}

Deno.test("a real error of the file system crosses with its class and code", () => {
  try {
    Deno.readTextFileSync("/no/such/file");
  } catch (error) {
    const copy = across(error);
    assertInstanceOf(copy, Deno.errors.NotFound);
    assertEquals((copy as Error & { code?: string }).code, "ENOENT");
    return;
  }
  throw new Error("it exists");
});

Deno.test("a DOMException crosses with its name and code", () => {
  const copy = across(new DOMException("gone", "AbortError"));
  assertInstanceOf(copy, DOMException);
  assertInstanceOf(copy, Error);
  assertEquals(copy.name, "AbortError");
  assertEquals(copy.code, DOMException.ABORT_ERR);
});

Deno.test("the errors of loopctl cross with their classes and fields", () => {
  assertInstanceOf(across(new CancelledError("why")), CancelledError);
  assertInstanceOf(across(new InvalidStateError("why")), InvalidStateError);
  const timeout = across(new TimeoutError("late", "stall", 7));
  assertInstanceOf(timeout, TimeoutError);
  assertEquals([timeout.limit, timeout.ms], ["stall", 7]);
  const lost = across(
    new LoopLostError(3, "lost", { cause: new Error("crash") }),
  );
  assertInstanceOf(lost, LoopLostError);
  assertEquals(lost.taskId, 3);
  assertInstanceOf(lost.cause, Error);
  assertEquals(lost.cause.message, "crash");
});

Deno.test("an error of the user's own class crosses as a RemoteError of its name and fields", () => {
  class QuotaError extends Error {
    override name = "QuotaError";
    constructor(readonly limit: number, readonly used: Map<string, number>) {
      super("over quota");
    }
  }
  const copy = across(new QuotaError(5, new Map([["a", 6]])));
  assertInstanceOf(copy, RemoteError);
  assertEquals(copy.name, "QuotaError");
  assertEquals(copy.message, "over quota");
  assertEquals(Object.entries(copy), [
    ["name", "QuotaError"],
    ["limit", 5],
    ["used", new Map([["a", 6]])],
  ]);
});

Deno.test("a user's class under a built-in name is not taken for the built-in", () => {
  const Fake = { TypeError: class TypeError extends Error {} }.TypeError;
  assertInstanceOf(across(new Fake("boom")), RemoteError);
});

Deno.test("a name set on an instance of a built-in class is kept", () => {
  const error = new TypeError("boom");
  error.name = "Special";
  const copy = across(error);
  assertInstanceOf(copy, TypeError);
  assertEquals(copy.name, "Special");
});

Deno.test("a chain of causes crosses link by link", () => {
  const root = new RangeError("root");
  const middle = new TypeError("middle", { cause: root });
  const copy = across(new Error("top", { cause: middle }));
  assertInstanceOf(copy.cause, TypeError);
  assertEquals(copy.cause.message, "middle");
  assertInstanceOf(copy.cause.cause, RangeError);
  assertEquals(Object.keys(copy), [], "a cause does not show among the fields");
});

Deno.test("a cause that is no error crosses as it is", () => {
  const copy = across(new Error("top", { cause: { status: 404 } }));
  assertEquals(copy.cause, { status: 404 });
  assert(Object.hasOwn(across(new Error("x", { cause: undefined })), "cause"));
});

Deno.test("a circle of causes ends where it closes", () => {
  const a: Error & { cause?: unknown } = new Error("a");
  a.cause = new Error("b", { cause: a });
  const copy = across(a);
  assertInstanceOf(copy.cause, Error);
  assertEquals(copy.cause.message, "b");
  assertEquals(copy.cause.cause, "Error (see above)");
});

Deno.test("a graph of errors that would unfold without end is cut", () => {
  let error = new AggregateError([], "leaf");
  for (let n = 0; n < 40; n++) error = new AggregateError([error, error], "n");
  const copy = across(error);
  assertInstanceOf(copy, AggregateError);
});

Deno.test("an AggregateError crosses with its members, each whole", () => {
  const copy = across(
    new AggregateError([new TypeError("a"), "b", new DOMException("c")], "all"),
  );
  assertInstanceOf(copy, AggregateError);
  const [a, b, c] = copy.errors;
  assertInstanceOf(a, TypeError);
  assertEquals(b, "b");
  assertInstanceOf(c, DOMException);
});

Deno.test("a SuppressedError, as `using` throws it, crosses with both errors", () => {
  const copy = across(
    new SuppressedError(new TypeError("dispose"), new RangeError("body"), "s"),
  );
  assertInstanceOf(copy, SuppressedError);
  assertInstanceOf(copy.error, TypeError);
  assertInstanceOf(copy.suppressed, RangeError);
  assertEquals(Object.keys(copy), []);
});

Deno.test("errors among an error's fields cross as errors", () => {
  const inner = new TypeError("inner");
  const copy = across(Object.assign(new Error("outer"), { inner }));
  assertInstanceOf((copy as Error & { inner?: unknown }).inner, TypeError);
});

Deno.test("a field that can't be cloned crosses as text", () => {
  const copy = across(Object.assign(new Error("x"), { hook: () => 1, n: 1 }));
  const { hook, n } = copy as Error & { hook?: unknown; n?: unknown };
  assertEquals(typeof hook, "string");
  assertEquals(n, 1);
});

const NON_ERRORS: readonly [unknown, string][] = [
  [undefined, "undefined"],
  [null, "null"],
  [42, "42"],
  ["text", "text"],
  [{ status: 500 }, "status"],
  [Symbol("s"), "Symbol(s)"],
  [() => 1, "Function"],
];

for (const [value, shown] of NON_ERRORS) {
  Deno.test(`what is no error crosses inside a RemoteError: ${Deno.inspect(value)}`, () => {
    const copy = across(value);
    assertInstanceOf(copy, RemoteError);
    assertStringIncludes(copy.message, shown);
    if (typeof value === "symbol" || typeof value === "function") return;
    assertEquals(copy.cause, value);
  });
}

function getter(error: Error, name: string): Error {
  return Object.defineProperty(error, name, {
    get: () => {
      throw new Error("hostile");
    },
    enumerable: true,
  });
}

for (
  const name of ["name", "message", "stack", "cause", "constructor", "field"]
) {
  Deno.test(`an error whose ${name} throws when it is read crosses all the same`, () => {
    const copy = across(getter(new Error("boom"), name));
    assertInstanceOf(copy, Error);
  });
}

Deno.test("an AggregateError whose errors throw when they are read crosses all the same", () => {
  const hostile = getter(new AggregateError([], "all"), "errors");
  assertInstanceOf(across(hostile), AggregateError);
});

const trap = () => {
  throw new Error("trapped");
};

Deno.test("a Proxy that throws at whatever is asked of it crosses all the same", () => {
  const hostile = new Proxy(new Error("boom"), {
    get: trap,
    has: trap,
    ownKeys: trap,
    getPrototypeOf: trap,
    getOwnPropertyDescriptor: trap,
  });
  assertInstanceOf(across(hostile), Error);
  assertInstanceOf(across(new Error("x", { cause: hostile })), Error);
  assertInstanceOf(across(new AggregateError([hostile])), Error);
});

Deno.test("whatever is thrown, an Error comes out and structured clone carries it", () => {
  const leaf = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true }),
    fc.constant(Symbol("s")),
    fc.constant(() => {}),
  );
  const { thrown } = fc.letrec<{ thrown: unknown; error: Error }>((tie) => ({
    thrown: fc.oneof({ withCrossShrink: true }, leaf, tie("error")),
    error: fc.tuple(
      fc.constantFrom(...BUILT_IN),
      fc.string(),
      tie("thrown"),
      fc.dictionary(fc.string(), tie("thrown"), { maxKeys: 3 }),
    ).map(([Class, message, cause, fields]) =>
      Object.defineProperties(
        new Class(message, { cause }),
        Object.getOwnPropertyDescriptors(fields),
      )
    ),
  }));
  fc.assert(
    fc.property(thrown, (value) => {
      const encoded: EncodedThrown = structuredClone(encodeThrown(value));
      const copy = decodeThrown(encoded);
      assertInstanceOf(copy, Error);
      if (!(value instanceof Error)) return;
      // Whatever an error has for a name, its copy has text.
      if (typeof value.name === "string") assertEquals(copy.name, value.name);
      else assertEquals(typeof copy.name, "string");
    }),
    { numRuns: 300 },
  );
});

Deno.test("an error whose constructor is a method that all objects have crosses as another", () => {
  for (const method of [Object, {}.toString, {}.hasOwnProperty, {}.valueOf]) {
    const error = Object.assign(new Error("boom"), { constructor: method });
    const copy = across(error);
    assertInstanceOf(copy, RemoteError);
    assertEquals(copy.message, "boom");
  }
});

Deno.test("where the program makes stacks that throw, errors cross all the same", () => {
  const { prepareStackTrace } = Error as { prepareStackTrace?: unknown };
  try {
    Object.assign(Error, {
      prepareStackTrace: () => {
        throw new Error("no stack");
      },
    });
    const copy = across(new TypeError("boom", { cause: new Error("why") }));
    assertInstanceOf(copy, TypeError);
    assertEquals(copy.message, "boom");
    assertEquals((copy.cause as Error).message, "why");
  } finally {
    Object.assign(Error, { prepareStackTrace });
  }
});

const part = { kind: "text", text: "again" } as const;
const whole = {
  class: "Error",
  name: "Error",
  message: "boom",
  stack: "",
  cause: undefined,
  errors: undefined,
  fields: undefined,
};

/** What no encoder makes. */
const FORGED: Readonly<Record<string, () => unknown>> = {
  "nothing": () => undefined,
  "no kind": () => ({}),
  "an unknown kind": () => ({ kind: "constructor" }),
  "a text that is none": () => ({ kind: "text", text: {} }),
  "an error that is none": () => ({ kind: "error", error: 1 }),
  "no name": () => ({ kind: "error", error: { ...whole, name: { a: 1 } } }),
  "no message": () => ({ kind: "error", error: { ...whole, message: [] } }),
  "no stack": () => ({ kind: "error", error: { ...whole, stack: 1 } }),
  "gaps for errors": () => {
    const errors: unknown[] = [];
    errors.length = 4_000_000_000;
    return { kind: "error", error: { ...whole, errors } };
  },
  "a circle": () => {
    const circle: Record<string, unknown> = { kind: "error" };
    circle.error = { ...whole, cause: circle };
    return circle;
  },
  "parts without end": () => {
    let error: object = { ...whole, fields: { part } };
    for (let n = 0; n < 40; n++) {
      const member = { kind: "error", error };
      error = { ...whole, errors: [member, member] };
    }
    return { kind: "error", error };
  },
};

for (const [name, forge] of Object.entries(FORGED)) {
  Deno.test(`decodeThrown makes an error of ${name}`, () => {
    const error = decodeThrown(forge() as EncodedThrown);
    assertInstanceOf(error, RemoteError);
    assertStringIncludes(error.message, "what can't be decoded");
  });
}

for (
  const Class of [
    "Deno.errors.toString",
    "Deno.errors.constructor",
    "Deno.errors.__proto__",
    "toString",
    "Object",
  ]
) {
  Deno.test(`decodeThrown takes "${Class}" for no class of errors`, () => {
    const error = decodeThrown({
      kind: "error",
      error: { ...whole, class: Class },
    });
    assertInstanceOf(error, RemoteError);
    assertEquals([error.name, error.message], ["Error", "boom"]);
  });
}

Deno.test("decodeThrown lets no field stand for what an error is read by", () => {
  const value = { kind: "value", value: { toString: 1 } } as const;
  const fields = { name: value, message: value, stack: value, limit: value };
  const error = decodeThrown({ kind: "error", error: { ...whole, fields } });
  assertEquals(`${error.name}: ${error.message}`, "Error: boom");
  assertEquals(error.stack, "");
  assertEquals(Object.keys(error), ["limit"]);
});
