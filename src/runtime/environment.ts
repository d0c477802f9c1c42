import { ConfigurationError } from '../application/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A variable that must be set.
 *
 * @throws ConfigurationError naming it.
 */
export const required = (environment: Environment, name: string): string => {
  const value = environment[name];
  if (value) return value;
  throw new ConfigurationError(`Missing env ${name}`);
};

/** A variable that must be a whole number of at least 1. */
export const requiredCount = (environment: Environment, name: string): number => {
  const text = required(environment, name);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ConfigurationError(`env ${name}: ${JSON.stringify(text)} is not a whole number of at least 1`);
};
