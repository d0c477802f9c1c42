import { adapter } from '../../src/runtime/adapter.ts';

/** Adapter of the gateway's target internal. Its system is this database: a guard in the same database would protect nothing. */
export const handler = adapter({
  connector: 'internal',
  guarded: false,
  environment: ['INTERNAL_NOTES_TABLE_NAME', 'INTERNAL_TASKS_TABLE_NAME', 'EXTERNAL_WRITE_DEDUPE_TABLE_NAME'],
});
