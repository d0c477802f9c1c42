/** Quota of Step Functions: input and output of a state and of an execution, in bytes of UTF-8. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** JSON text of a value; what JSON cannot hold (undefined, a function) is null, as a Lambda that returns nothing gives. */
export const toJson = (value: unknown): string => JSON.stringify(value) ?? 'null';

export function exceedsPayloadLimit(json: string): boolean {
  // A character takes at most three bytes, so short texts need no counting.
  return json.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(json) > MAX_PAYLOAD_BYTES;
}
