/** Our serializer, as one module. */
export { deserialize } from "../../../src/serial/reader.ts";
export { serialize } from "../../../src/serial/writer.ts";
