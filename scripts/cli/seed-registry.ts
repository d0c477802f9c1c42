import { createActionTypeRegistry } from '../../src/adapters/dynamodb/action-type-registry-store.ts';
import type { ActionTypeEntry } from '../../src/domain/intent/action-type-registry.ts';
import { DEFAULT_ACTION_TYPES } from '../../src/domain/intent/default-action-types.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import type { StageTables } from './open-tables.ts';
import type { ToolAnswer } from './run-tool.ts';

const writtenText = (written: readonly ActionTypeEntry[], table: string): string[] => {
  if (written.length === 0) return [`Nothing was left to write to ${table}.`];
  const rows = written.map(({ action_type, registry_version, tool_name, compensation_strategy }) => [
    ...[action_type, registry_version, tool_name, compensation_strategy],
  ]);
  return [`Wrote to ${table}:`, '', textTable(['action type', 'version', 'tool', 'undone'], rows)];
};

/** Writes the action types that everybody has, those of them that have no version yet; what is there stays as it is. */
export const seedRegistry = async ({ stores, client, tables }: StageTables): Promise<ToolAnswer> => {
  const now = stores.clock.now().toISOString();
  const written = await createActionTypeRegistry(client, tables).seed(DEFAULT_ACTION_TYPES, now);
  const kept = DEFAULT_ACTION_TYPES.map(({ action_type }) => action_type).filter(
    (type) => !written.some(({ action_type }) => action_type === type),
  );
  const table = tables.ACTION_TYPE_REGISTRY_TABLE_NAME;
  const keptText = kept.length === 0 ? [] : ['', `There already: ${kept.join(', ')}`];
  return {
    exitCode: 0,
    document: { table, written, kept },
    text: [...writtenText(written, table), ...keptText].join('\n'),
  };
};
