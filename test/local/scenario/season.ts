import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SimulationReport } from '../../../src/local/scenario/report.ts';
import { play } from './play-scenario.ts';
import { fateOf, scenario, story } from './small-scenarios.ts';

type Fields = Record<string, unknown>;

/** One plan's part in a season, and what is to become of it. */
export interface Episode {
  /** What the test is called. */
  readonly name: string;
  readonly plan: Fields;
  readonly outcomes?: readonly Fields[];
  readonly commands?: readonly Fields[];
  readonly story: readonly string[];
  readonly fate: readonly string[];
  /** Codes of the commands of this plan that are refused, in their order. */
  readonly refused?: readonly string[];
}

const idOf = ({ plan }: Episode): string => String(plan.plan_id);

const seasonOf = (episodes: readonly Episode[], more: Fields): Fields =>
  scenario(
    episodes.map(({ plan }) => plan),
    {
      max_plans_per_run: episodes.length,
      outcomes: episodes.flatMap((episode) =>
        (episode.outcomes ?? []).map((outcome) => ({ plan_id: idOf(episode), ...outcome })),
      ),
      commands: episodes.flatMap(({ commands = [] }) => commands),
      ...more,
    },
  );

/** Plays all episodes in one simulation, which is much faster than one each, and makes a test of every one. */
export const testSeason = (title: string, episodes: readonly Episode[], more: Fields = {}): void =>
  describe(title, () => {
    let report: SimulationReport;

    beforeAll(async () => {
      report = await play(seasonOf(episodes, more));
    });

    test.each(episodes.map((episode) => [episode.name, episode] as const))('%s', (_name, episode) => {
      const id = idOf(episode);
      expect(story(report, id)).toEqual(episode.story);
      expect(fateOf(report, id)).toEqual(episode.fate);
      const codes = report.refused.filter(({ plan_id }) => plan_id === id).map(({ code }) => code);
      expect(codes).toEqual(episode.refused ?? []);
    });
  });
