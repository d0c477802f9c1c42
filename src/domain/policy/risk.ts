import * as z from 'zod';

export const RISK_LEVELS = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

const TIERS: ReadonlyMap<string, RiskLevel> = new Map([
  ['PREP_RENEWAL_BRIEF', 'LOW'],
  ['ESCALATE_SUPPORT_RISK', 'MEDIUM'],
  ['REQUEST_RENEWAL_MEETING', 'HIGH'],
  ['CREATE_INTERNAL_NOTE', 'LOW'],
  ['CREATE_INTERNAL_TASK', 'LOW'],
  ['CREATE_CRM_TASK', 'MEDIUM'],
]);

/** The policy's risk tier of an action type; a type without a tier is HIGH, so that nothing unknown runs by itself. */
export const riskTier = (actionType: string): RiskLevel => TIERS.get(actionType) ?? 'HIGH';

/** What a proposal says of its own risk; text that is no level is HIGH. */
export const estimatedRisk = (text: string): RiskLevel =>
  RISK_LEVELS.find((level) => level === text.toUpperCase()) ?? 'HIGH';

/** What a model that proposes an action may say of it. */
export const proposalEstimate = {
  /** Its own estimate of the risk, in its own words. */
  risk_estimate: z.string().min(1).max(100).optional(),
  /** How sure it is, from 0 to 1. */
  confidence_score: z.number().min(0).max(1).optional(),
};

export const atLeast = (level: RiskLevel, floor: RiskLevel): boolean =>
  RISK_LEVELS.indexOf(level) >= RISK_LEVELS.indexOf(floor);

export interface PlanRisk {
  /** The riskiest step's level. */
  readonly level: RiskLevel;
  readonly steps: readonly {
    readonly step_id: string;
    readonly action_type: string;
    readonly risk_level: RiskLevel;
  }[];
}

/** A plan is as risky as its riskiest step; each step's own level is shown with it. */
export const planRisk = (steps: readonly { step_id: string; action_type: string }[]): PlanRisk => {
  const levels = steps.map(({ step_id, action_type }) => ({
    step_id,
    action_type,
    risk_level: riskTier(action_type),
  }));
  const level = levels.reduce<RiskLevel>(
    (highest, { risk_level }) => (atLeast(risk_level, highest) ? risk_level : highest),
    'MINIMAL',
  );
  return { level, steps: levels };
};
