import { describe, expect, it } from '@jest/globals';
import { signature, verifySignature } from '../../../../src/adapters/connectors/webhook/signature.ts';
import { SIGNING_KEY } from './harness.ts';

const BODY = '{"event_type":"renewal.due"}';
const TIMESTAMP = '1767603600';
const signed = { timestamp: TIMESTAMP, signature: signature(SIGNING_KEY, TIMESTAMP, BODY), body: BODY };
const at = (secondsLater: number) => new Date((Number(TIMESTAMP) + secondsLater) * 1000);

describe('the signature of a request', () => {
  it('is what any other implementation of HMAC-SHA256 makes of timestamp, dot and body', () => {
    // printf '1.{}' | openssl dgst -sha256 -hmac 'key-of-16-chars!'
    const expected = '47e850d4d320ff12dfae473335b8540ef783d32d14e3968db6ac1758cb696bf4';
    expect(signature('key-of-16-chars!', '1', '{}')).toBe(`v1=${expected}`);
  });

  it('is accepted by who has the key', () => {
    expect(verifySignature(SIGNING_KEY, signed, at(0))).toBe(true);
  });

  it.each([
    ['another key', 'another-key-of-it', {}],
    ['another body', SIGNING_KEY, { body: `${BODY} ` }],
    ['another timestamp', SIGNING_KEY, { timestamp: '1767603601' }],
    ['another version', SIGNING_KEY, { signature: signed.signature.replace('v1', 'v2') }],
    ['a signature cut short', SIGNING_KEY, { signature: signed.signature.slice(0, -1) }],
    ['another digit at the end', SIGNING_KEY, { signature: signed.signature.replace(/.$/, 'x') }],
    ['no signature', SIGNING_KEY, { signature: '' }],
  ])('is refused for %s', (_what, key, more) => {
    expect(verifySignature(key, { ...signed, ...more }, at(0))).toBe(false);
  });

  it.each(['', 'undefined', 'NaN', '1e9', '-1767603600', '1767603600.5', ' 1767603600', '0x695b8410'])(
    'is refused with "%s" for a timestamp, however well it is signed',
    (timestamp) => {
      const made = { timestamp, signature: signature(SIGNING_KEY, timestamp, BODY), body: BODY };
      expect(verifySignature(SIGNING_KEY, made, at(0), Number.POSITIVE_INFINITY)).toBe(false);
    },
  );

  it.each([
    [300, true],
    [300.9, true],
    [301, false],
    [-300, true],
    [-301, false],
  ])('is %d seconds after it was made: %s', (seconds, accepted) => {
    expect(verifySignature(SIGNING_KEY, signed, at(seconds))).toBe(accepted);
  });

  it('grows too old after as many seconds as the receiver says', () => {
    expect(verifySignature(SIGNING_KEY, signed, at(10), 10)).toBe(true);
    expect(verifySignature(SIGNING_KEY, signed, at(11), 10)).toBe(false);
  });
});
