import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import type { TableNames } from '../../src/adapters/dynamodb/table-names.ts';
import { createDynamoDbClient } from '../../src/local/dynamodb/client.ts';
import { loadService } from '../../src/local/service/service-definition.ts';
import { UP, usePlace } from '../end-to-end/local-process.ts';
import { scenario } from '../local/scenario/small-scenarios.ts';
import { turnSwitch } from '../support/turn-switch.ts';
import { toolProcess } from './call-tool.ts';

const place = usePlace();

const { environment } = loadService({ stage: 'local' });

/** A started system: the checks as a process of their own, and the rows that they left, by table. */
const started = async () => {
  const path = await place.file('scenario.json', scenario([]));
  const system = place.start(['--ephemeral', '--no-schedule', '--scenario', path]);
  await system.line(UP);
  const dynamoDb = `http://127.0.0.1:${place.dynamoDbPort}`;
  const settings = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${place.awsPort}`,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  };
  const client = DynamoDBDocumentClient.from(createDynamoDbClient({ endpoint: dynamoDb }));
  const rowsOfChecks = async (TableName: string): Promise<Record<string, unknown>[]> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.filter((row) => JSON.stringify(row).includes('e2e-'));
  };
  return {
    ...{ system, client, rowsOfChecks },
    e2e: (...args: string[]) => toolProcess('e2e', args, settings),
    tablesWithRows: async () => {
      const names = Object.entries(environment).filter(([variable]) => variable.endsWith('_TABLE_NAME'));
      const rows = await Promise.all(names.map(([, name]) => rowsOfChecks(name)));
      return names.filter((_, index) => (rows[index]?.length ?? 0) > 0).map(([variable]) => variable);
    },
  };
};

test('a local system passes all checks, keeps their ledgers and plans and nothing else; one that stops actions fails the first', async () => {
  const { system, client, rowsOfChecks, e2e, tablesWithRows } = await started();

  const all = await e2e('--stage', 'local');
  expect(all).toMatchObject({ code: 0, stderr: expect.stringMatching(/^lifecycle: waiting for /m) });
  const seconds = String.raw` \([\d.]+ s\)`;
  const names = [
    ...['lifecycle', 'failure', 'compensation', 'duplicate'],
    ...['auto-exec', 'fallback', 'decision-scheduler'],
  ];
  const lines = names.map((name) => `ok ${name}${seconds}\n`);
  expect(all.stdout).toMatch(new RegExp(`^${lines.join('')}$`));

  const one = await e2e('--only', 'lifecycle', '--json');
  expect(one.code).toBe(0);
  expect(JSON.parse(one.stdout)).toMatchObject({
    ...{ stage: 'local', ok: true, checks: [{ check: 'lifecycle', ok: true }] },
  });

  const turned = { reason: 'a test', by: 'ana', at: '2026-01-05T09:00:00.000Z' };
  await turnSwitch(client, environment as unknown as TableNames, {
    ...{ scope: 'GLOBAL', stopped: true, ...turned },
  });
  const stopped = await e2e();
  expect(stopped.code).toBe(1);
  expect(stopped.stdout).toMatch(/^failed lifecycle: step s1 is blocked by KILL_SWITCH_ENABLED\n$/);

  expect((await tablesWithRows()).sort()).toEqual([
    ...['LEDGER_TABLE_NAME', 'PLAN_LEDGER_TABLE_NAME', 'REVENUE_PLANS_TABLE_NAME'],
  ]);
  const plans = await rowsOfChecks(environment.REVENUE_PLANS_TABLE_NAME ?? '');
  expect(plans.map(({ plan_status }) => plan_status).sort()).toEqual([
    ...['ABORTED', 'ABORTED', 'ABORTED', 'ABORTED'],
    ...['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED'],
  ]);
  expect(plans.filter(({ due_sk }) => due_sk !== undefined)).toEqual([]);
  expect((await system.signal('SIGTERM')).how).toBe(0);
}, 60_000);
