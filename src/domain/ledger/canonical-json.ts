import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A value's canonical JSON (RFC 8785): keys sorted at every depth, undefined left out. */
export const canonicalJson = (value: unknown): string => String(canonicalize(value));

/** SHA-256, in hex, of a value's canonical JSON. */
export const canonicalHash = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');
