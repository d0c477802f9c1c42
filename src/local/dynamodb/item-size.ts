import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

/** Bytes of an item by DynamoDB's rules: names and values in UTF-8, 3 bytes for a list or map, 1 for each element. */
export function itemSizeBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + utf8(name) + valueSizeBytes(value), 0);
}

function valueSizeBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return numberSizeBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return total(value.SS.map(utf8));
  if (value.NS !== undefined) return total(value.NS.map(numberSizeBytes));
  if (value.BS !== undefined) return total(value.BS.map((bytes) => bytes.byteLength));
  if (value.L !== undefined) return 3 + total(value.L.map((element) => 1 + valueSizeBytes(element)));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSizeBytes(value.M);
  return 1;
}

/** About one byte for two significant digits, and one more. */
function numberSizeBytes(text: string): number {
  const digits = text.replace(/e.*$/i, '').replace(/[^0-9]/g, '');
  return Math.ceil(digits.replace(/^0+|0+$/g, '').length / 2) + 1;
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

function utf8(text: string): number {
  return Buffer.byteLength(text);
}
