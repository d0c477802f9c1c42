import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { Clock } from '../../application/clock.ts';
import { ConfigurationError } from '../../application/errors.ts';
import type { SecretStore } from '../../application/ports/configuration.ts';
import { translateError } from '../transient-errors.ts';

/** How long a secret is kept in memory, in milliseconds: five minutes, after which a rotated one is seen. */
const KEPT_MS = 300_000;

/** Answers of Secrets Manager that mean: there is no such secret, or it is marked for deletion. */
const MISSING: ReadonlySet<unknown> = new Set(['ResourceNotFoundException', 'InvalidRequestException']);

type Fields = Readonly<Record<string, string>>;

const fieldsOf = z.record(z.string(), z.string());

export interface RefreshableSecretStore extends SecretStore {
  /** As `get`, but past what is kept; for when a secret was refused. */
  refresh(secretId: string): Promise<Fields>;
}

/** Without the parser's words, which quote what they complain of. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readFields = (secretId: string, text: string | undefined): Fields => {
  const { success, data } = fieldsOf.safeParse(parsed(text ?? ''));
  if (success) return data;
  throw new ConfigurationError(`the secret ${secretId} is no JSON object of strings`);
};

const translated = (secretId: string, error: unknown): unknown =>
  MISSING.has((error as { readonly name?: unknown } | null)?.name)
    ? new ConfigurationError(`there is no secret ${secretId}`, { cause: error })
    : translateError(error);

/** Reads secrets from AWS Secrets Manager and keeps each in memory for five minutes; who asks at the same time shares one request. */
export const createSecretStore = (
  client: Pick<SecretsManagerClient, 'send'>,
  clock: Clock,
): RefreshableSecretStore => {
  const kept = new Map<string, { readonly fields: Promise<Fields>; readonly until: number }>();

  const fetchFields = async (secretId: string): Promise<Fields> => {
    const { SecretString } = await client
      .send(new GetSecretValueCommand({ SecretId: secretId }))
      .catch((error: unknown) => {
        throw translated(secretId, error);
      });
    return readFields(secretId, SecretString);
  };

  const refresh = (secretId: string): Promise<Fields> => {
    const fields = fetchFields(secretId);
    kept.set(secretId, { fields, until: clock.now().getTime() + KEPT_MS });
    fields.catch(() => {
      if (kept.get(secretId)?.fields === fields) kept.delete(secretId);
    });
    return fields;
  };

  return {
    refresh,
    get: (secretId) => {
      const entry = kept.get(secretId);
      return entry && clock.now().getTime() < entry.until ? entry.fields : refresh(secretId);
    },
  };
};
