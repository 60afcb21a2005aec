/** What `--json` prints is what its schema says. */
import { Ajv2020 } from "ajv";
import { assert, assertEquals } from "@std/assert";
import schema from "../../src/cli/replies.schema.json" with { type: "json" };
import { RUN } from "../command_line.ts";
import { deno } from "../helpers.ts";

const SCRIPT = `
submit echo 1 {"a":[2]} --name both --timeout 5s --deadline 1h --priority 2
gather --name naps sleep 0 a ; sleep 0 b
run console.log('out'), new Map([[1n, new Uint8Array(2)], [NaN, [/a/g, undefined]]])
run throw Object.assign(new AggregateError([new TypeError('a'), 1], 'm', { cause: new RangeError('c') }), { status: 503 })
run () => 1
submit throwValue {"$type":"Error"}
submit half
submit parent
submit failsCleanup
submit flaky 2 --retry 3
submit sleep 60 --retry 2 --stall-timeout 1h
wait 1-7,11
poll
logs 4
logs
result 1-6
timeout 8 1h
deadline 8 14:30
cancel 9,10
cancel 1
concurrency
concurrency 20
pause 12
resume 12
pause
resume
help
help sleep
xyzzy
wait 12 --timeout 1ms
timeline
collect 1-3
forget 4
submit spin 3000
wait 13 --timeout 1s
poll
kill 13
poll
retry 5
again
map echo 1..2 x --dry-run
map echo 1..2 x --name pair
quit
`;

async function replies(): Promise<Record<string, unknown>[]> {
  const { stdout, stderr } = await deno(
    [...RUN, "cli.ts", "--json", "tests/cli/tasks.ts"],
    { stdin: SCRIPT },
  );
  assertEquals(stderr, "");
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("every reply in JSON is as replies.schema.json says, and every kind of reply is there", async () => {
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
  const valid = ajv.compile(schema);
  const seen = new Map<unknown, Record<string, unknown>>();
  for (const reply of await replies()) {
    seen.set(reply.type, reply);
    // The kind alone, since an error of `oneOf` names what is wrong with each.
    const kind = { $ref: `${schema.$id}#/$defs/${reply.type}` };
    const ok = ajv.validate(kind, reply) && valid(reply);
    assert(ok, `${ajv.errorsText()}\n${JSON.stringify(reply)}`);
  }
  assertEquals(
    [...seen.keys()].sort(),
    schema.oneOf.map(({ $ref }) => $ref.replace("#/$defs/", "")).sort(),
  );
  for (const reply of seen.values()) {
    assert(!valid({ ...reply, other: 1 }), `another field of ${reply.type}`);
    for (const key of Object.keys(reply)) {
      if (key === "value") continue; // may be anything
      const wrong = [{}, [[]]].filter((one) =>
        !valid({ ...reply, [key]: one })
      );
      assert(wrong.length > 0, `${key} of ${reply.type}`);
    }
  }
});
