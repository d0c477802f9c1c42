import type { TableNames } from './create-tables.ts';

/**
 * The variables by which functions find their tables: `RevenuePlansTable` (or `RevenuePlans`) is
 * `REVENUE_PLANS_TABLE_NAME`.
 */
export function tableEnvironment(tableNames: TableNames): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tableNames).map(([logicalId, tableName]) => [variableName(logicalId), tableName]),
  );
}

function variableName(logicalId: string): string {
  const words = logicalId.replace(/Table$/, '').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `${words.toUpperCase()}_TABLE_NAME`;
}
