import { adapter } from '../../src/runtime/adapter.ts';

/** Adapter of the gateway's target webhook. */
export const handler = adapter({
  connector: 'webhook',
  guarded: true,
  environment: ['CONNECTOR_CONFIG_TABLE_NAME', 'EXTERNAL_WRITE_DEDUPE_TABLE_NAME', 'RESILIENCE_TABLE_NAME'],
});
