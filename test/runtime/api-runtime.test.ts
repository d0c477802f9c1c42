import { expect, it } from '@jest/globals';
import { createApiRuntime } from '../../src/runtime/api-runtime.ts';

const TABLES = {
  EXECUTION_ATTEMPTS_TABLE_NAME: 'attempts',
  EXECUTION_OUTCOMES_TABLE_NAME: 'outcomes',
  LEDGER_TABLE_NAME: 'ledger',
};

it('the runtime of the API needs nothing but its variables, and calls nobody until it is asked', () => {
  const environment = { ...TABLES, EXECUTE_ACTION_MACHINE_ARN: 'arn:machine' };
  expect(createApiRuntime(environment).environment).toBe(environment);
});

it.each([...Object.keys(TABLES), 'EXECUTE_ACTION_MACHINE_ARN'])('says that %s is missing', (name) => {
  const environment = { ...TABLES, EXECUTE_ACTION_MACHINE_ARN: 'arn:machine', [name]: undefined };
  expect(() => createApiRuntime(environment)).toThrow(`Missing env ${name}`);
});
