import type { ToolFailure } from '../../../contracts/tools.ts';

/** What went wrong, without whose call it was. */
export type Failure = Pick<
  ToolFailure,
  'error_class' | 'error_code' | 'error_message' | 'effect' | 'transient'
>;

export type Result<T> = { readonly value: T } | { readonly failure: Failure };

/** Refused before anything was sent, and it will be refused again. */
export const refused = (error_code: string, error_message: string): { readonly failure: Failure } => ({
  failure: { error_class: 'VALIDATION', error_code, error_message, effect: 'NONE', transient: false },
});

export const notConfigured = (message: string) => refused('CONNECTOR_NOT_CONFIGURED', message);

export const addressNotAllowed = (message: string) => refused('ADDRESS_NOT_ALLOWED', message);
