import { expect } from '@jest/globals';
import type { SimulationReport } from '../../../src/local/scenario/report.ts';
import { runScenario } from '../../../src/local/scenario/run-scenario.ts';
import { parseScenario } from '../../../src/local/scenario/scenario.ts';

/** Plays a scenario, and holds what came of it against the invariants. */
export const play = async (
  fields: Readonly<Record<string, unknown>>,
  seed = 0,
): Promise<SimulationReport> => {
  const report = await runScenario({ scenario: parseScenario(fields), seed });
  expect(report.violations).toEqual([]);
  return report;
};
