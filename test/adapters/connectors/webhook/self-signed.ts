import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate that is its own authority, and its key, both as PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/** Tags of ASN.1's distinguished encoding. */
const TAG = {
  ...{ integer: 0x02, bits: 0x03, octets: 0x04, utf8: 0x0c, utcTime: 0x17, time: 0x18 },
  ...{ sequence: 0x30, set: 0x31, version: 0xa0, dnsName: 0x82, extensions: 0xa3 },
} as const;

const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');

const lengthOf = (bytes: number): number[] =>
  bytes < 0x80 ? [bytes] : [0x82, Math.floor(bytes / 0x100), bytes % 0x100];

const der = (tag: keyof typeof TAG, ...parts: readonly (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from([TAG[tag], ...lengthOf(content.length)]), content]);
};

const toBeSigned = (host: string, publicKey: Buffer): Buffer => {
  const name = der('sequence', der('set', der('sequence', COMMON_NAME, der('utf8', host))));
  const hosts = der('octets', der('sequence', der('dnsName', host)));
  return der(
    'sequence',
    ...[der('version', der('integer', Buffer.from([2]))), der('integer', Buffer.from([1]))],
    ...[der('sequence', ECDSA_WITH_SHA256), name],
    der('sequence', der('utcTime', '200101000000Z'), der('time', '21200101000000Z')),
    ...[name, publicKey, der('extensions', der('sequence', der('sequence', SUBJECT_ALT_NAME, hosts)))],
  );
};

/** Makes a certificate for one host name, valid from 2020 to 2120. */
export const selfSigned = (host: string): SelfSigned => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const content = toBeSigned(host, publicKey.export({ type: 'spki', format: 'der' }));
  const signed = der('bits', Buffer.from([0]), sign('sha256', content, privateKey));
  const certificate = der('sequence', content, der('sequence', ECDSA_WITH_SHA256), signed);
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};
