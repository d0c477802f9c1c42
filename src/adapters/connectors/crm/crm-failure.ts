import type { ToolFailure } from '../../../contracts/tools.ts';

/** What went wrong with one request: its class, the code that Salesforce gave if any, and what became of the request. */
export type CrmFailure = Required<
  Pick<ToolFailure, 'error_class' | 'error_code' | 'transient' | 'effect'> & {
    readonly error_message: string;
  }
>;

export interface Failed {
  readonly ok: false;
  readonly failure: CrmFailure;
}
export type Result<T> = { readonly ok: true; readonly value: T } | Failed;

export const failed = (failure: CrmFailure): Failed => ({ ok: false, failure });

export type Classed = Pick<CrmFailure, 'error_class' | 'transient' | 'effect'>;

/** Nothing was done, and trying again does not help. */
export const final = (error_class: CrmFailure['error_class']): Classed => ({
  ...{ error_class, transient: false, effect: 'NONE' },
});

/** Trying again is likely to help; it is safe whatever became of the request, since every request converges. */
export const passing = (
  error_class: CrmFailure['error_class'],
  effect: 'NONE' | 'UNKNOWN' = 'NONE',
): Classed => ({ error_class, transient: true, effect });

export const notConfigured = (error_message: string): CrmFailure => ({
  ...final('VALIDATION'),
  ...{ error_code: 'CONNECTOR_NOT_CONFIGURED', error_message },
});

export const invalidCall = (error_code: string, error_message: string): CrmFailure => ({
  ...final('VALIDATION'),
  ...{ error_code, error_message },
});

export const authFailed = (error_message: string): CrmFailure => ({
  ...final('AUTH'),
  ...{ error_code: 'SALESFORCE_AUTH_FAILED', error_message },
});

export const tooManyLogins = (): CrmFailure => ({
  ...passing('RATE_LIMIT'),
  ...{ error_code: 'RATE_LIMIT_EXCEEDED', error_message: 'the CRM gave no token: too many were asked for' },
});

export const secretUnread = (): CrmFailure => ({
  ...passing('DOWNSTREAM'),
  ...{ error_code: 'SECRET_UNAVAILABLE', error_message: 'the secret for the CRM cannot be read for now' },
});

export const timedOut = (): CrmFailure => ({
  ...passing('TIMEOUT', 'UNKNOWN'),
  ...{ error_code: 'TIMEOUT', error_message: 'the CRM did not answer in time, or the connection was lost' },
});

export const unreachable = (error_code: string): CrmFailure => ({
  ...passing('DOWNSTREAM'),
  ...{ error_code, error_message: `no connection to the CRM: ${error_code}` },
});
