import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly content: Buffer;
  /** Where the next entry of the directory begins. */
  readonly next: number;
}

const readEntry = (zip: Buffer, at: number): Entry => {
  const [method, size, headerAt] = [
    zip.readUInt16LE(at + 10),
    zip.readUInt32LE(at + 20),
    zip.readUInt32LE(at + 42),
  ];
  const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
  const contentAt = headerAt + 30 + zip.readUInt16LE(headerAt + 26) + zip.readUInt16LE(headerAt + 28);
  const stored = zip.subarray(contentAt, contentAt + size);
  return {
    name: zip.toString('utf8', at + 46, nameEnd),
    content: method === DEFLATED ? inflateRawSync(stored) : stored,
    next: nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32),
  };
};

/** The files of a zip archive without a comment, as serverless-esbuild writes them: content by name. */
export const readZip = (zip: Buffer): ReadonlyMap<string, Buffer> => {
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('this is no zip archive without a comment');
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const { name, content, next } = readEntry(zip, at);
    files.set(name, content);
    at = next;
  }
  return files;
};
