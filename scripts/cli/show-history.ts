import type { AutonomyConfigStore } from '../../src/application/ports/configuration.ts';
import { rowName } from '../../src/domain/autonomy/config-change.ts';
import type { ConfigLedgerEntry } from '../../src/domain/autonomy/config-ledger.ts';
import { textTable } from '../../src/local/terminal/text-table.ts';
import type { HistoryRequest } from './autonomy-arguments.ts';
import { valueText } from './config-text.ts';
import { oneLine } from './one-line.ts';
import type { ToolAnswer } from './run-tool.ts';

const COLUMNS = ['when', 'what', 'version', 'by', 'was', 'is', 'why'];

const rowText = ({ tenantId, timestamp, data }: ConfigLedgerEntry): unknown[] => {
  const { config: kind, account_id, action_type, old_value, new_value, new_version } = data;
  return [
    timestamp,
    rowName({ kind, tenant_id: tenantId, account_id, action_type }),
    new_version,
    ...[oneLine(data.changed_by), valueText(old_value), valueText(new_value), oneLine(data.reason ?? '')],
  ];
};

/** Shows what was changed of a tenant's configuration, newest first, as its ledger tells. */
export const showHistory = async (
  { configs }: { readonly configs: AutonomyConfigStore },
  { tenantId, limit }: HistoryRequest,
): Promise<ToolAnswer> => {
  const entries = await configs.history(tenantId, limit);
  return {
    exitCode: 0,
    document: { entries },
    text: entries.length === 0 ? 'No changes.' : textTable(COLUMNS, entries.map(rowText)),
  };
};
