import { randomBytes } from 'node:crypto';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createDynamoDbClient } from '../../../src/local/dynamodb/client.ts';
import { createTables } from '../../../src/local/dynamodb/create-tables.ts';
import type { SimulationReport } from '../../../src/local/scenario/report.ts';
import { parseScenario } from '../../../src/local/scenario/scenario.ts';
import { simulate } from '../../../src/local/scenario/simulation.ts';
import { loadService } from '../../../src/local/service/service-definition.ts';
import { testDynamoDb } from '../../support/dynamodb.ts';
import { brief, command, fateOf, plan, scenario, story } from './small-scenarios.ts';

const three = [brief('s1'), brief('s2', { dependencies: ['s1'] }), brief('s3', { dependencies: ['s2'] })];
const done = (step: string, from: number): string[] => [
  `${from} STEP_STARTED ${step} 1`,
  `${from} STEP_APPROVED ${step} 1 POLICY`,
  `${from + 5} STEP_COMPLETED ${step} 1 SUCCEEDED`,
];
const TWO_STEPS_DONE = ['0 PLAN_ACTIVATED', ...done('s1', 0), ...done('s2', 15)];

const aborted = scenario(
  [
    plan('kept', { steps: three }),
    plan('undone', { steps: three }),
    plan('late', { steps: [brief('s1')] }),
    plan('not-begun', { plan_status: 'DRAFT' }),
  ],
  {
    commands: [
      command(2, 'abort', 'late', { reason: 'sold', compensate: true }),
      command(2, 'abort', 'not-begun', { reason: 'sold', compensate: true }),
      command(22, 'abort', 'kept', { reason: 'sold' }),
      command(22, 'abort', 'undone', { reason: 'sold', compensate: true }),
    ],
  },
);

/** Plays it on tables that are there afterwards, and tells of which accounts there are notes. */
const played = async (): Promise<{ report: SimulationReport; noted: unknown[] }> => {
  const { endpoint } = await testDynamoDb();
  const service = loadService({ stage: 'simulation', prefix: `test-${randomBytes(6).toString('hex')}` });
  const client = createDynamoDbClient({ endpoint });
  await createTables(client, [...service.tables]);
  const log = { info: () => {}, error: () => {} };
  const world = { service, dynamoDbEndpoint: endpoint, log };
  const report = await simulate({ ...world, scenario: parseScenario(aborted), seed: 0 });
  const TableName = service.environment.INTERNAL_NOTES_TABLE_NAME;
  const { Items = [] } = await DynamoDBDocumentClient.from(client).send(new ScanCommand({ TableName }));
  return { report, noted: Items.map(({ account_id }) => account_id).sort() };
};

describe('in a simulation, a plan that is aborted', () => {
  let report: SimulationReport;
  let noted: unknown[];

  beforeAll(async () => {
    ({ report, noted } = await played());
  });

  test('keeps what it did, unless whoever aborts it says otherwise', () => {
    expect(story(report, 'kept')).toEqual([...TWO_STEPS_DONE, '22 PLAN_ABORTED sold']);
    expect(noted).toEqual(['of-kept', 'of-kept']);
  });

  test('is undone step by step, the last one first, and its notes are gone', () => {
    expect(story(report, 'undone')).toEqual([
      ...TWO_STEPS_DONE,
      '22 PLAN_ABORTED sold',
      '30 STEP_COMPENSATED s2 1 COMPLETED',
      '45 STEP_COMPENSATED s1 1 COMPLETED',
    ]);
    expect(fateOf(report, 'undone')).toEqual(['ABORTED', 's1 DONE 1', 's2 DONE 1', 's3 PENDING 0']);
    expect(noted).not.toContain('of-undone');
  });

  test('is undone although its tool answers only later', () => {
    expect(story(report, 'late').slice(-3)).toEqual([
      '2 PLAN_ABORTED sold',
      '5 STEP_OUTCOME_RECORDED s1 1 SUCCEEDED',
      '15 STEP_COMPENSATED s1 1 COMPLETED',
    ]);
    expect(noted).not.toContain('of-late');
  });

  test('needs no undoing when it has done nothing', () => {
    expect(story(report, 'not-begun')).toEqual(['2 PLAN_ABORTED sold']);
    expect([report.refused, report.violations]).toEqual([[], []]);
  });
});
