import { CsvParseStream as Untyped } from "deno-std/csv/parse_stream.js";

export interface CsvParseStreamOptions {
  readonly skipFirstRow?: boolean;
}

export interface CsvParseStream
  extends TransformStream<string, Record<string, string>> {}

export const CsvParseStream: new (
  options?: CsvParseStreamOptions,
) => CsvParseStream = Untyped;
