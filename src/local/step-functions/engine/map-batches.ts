import { MAX_PAYLOAD_BYTES, toJson } from '../payload.ts';
import type { BatcherPayload } from './map-items.ts';

/** The input of one child execution of a distributed Map, as JSON, and how many items are in it. */
export interface ChildInput {
  readonly json: string;
  readonly items: number;
}

/** One child per item, or per batch of items when there is an ItemBatcher. */
export function childInputs(items: readonly unknown[], batcher: BatcherPayload | undefined): ChildInput[] {
  const texts = items.map(toJson);
  return batcher ? batches(texts, batcher) : texts.map((json) => ({ json, items: 1 }));
}

function batches(texts: readonly string[], batcher: BatcherPayload): ChildInput[] {
  const { batchInput, maxItems = Number.POSITIVE_INFINITY } = batcher;
  const maxBytes = Math.min(batcher.maxBytes ?? MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES);
  const head = batchInput === undefined ? '{' : `{"BatchInput":${toJson(batchInput)},`;
  const wrap = (batch: readonly string[]) => `${head}"Items":[${batch.join(',')}]}`;
  const frameBytes = Buffer.byteLength(wrap([]));
  const made: ChildInput[] = [];
  let batch: string[] = [];
  let bytes = frameBytes;
  const close = () => {
    if (batch.length > 0) made.push({ json: wrap(batch), items: batch.length });
    batch = [];
    bytes = frameBytes;
  };
  for (const text of texts) {
    // With the comma after the item before it.
    const added = Buffer.byteLength(text) + 1;
    if (batch.length >= maxItems || (batch.length > 0 && bytes + added > maxBytes)) close();
    batch.push(text);
    bytes += added;
  }
  close();
  return made;
}
