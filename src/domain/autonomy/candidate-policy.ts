import * as z from 'zod';
import { RISK_LEVELS } from '../policy/risk.ts';
import { type AutonomyFacts, type PolicySettings, SETTINGS_IN_FORCE } from './approval-gate.ts';
import { type AutonomyRow, actionType, autonomyRow } from './autonomy-row.ts';
import type { BudgetLevel, BudgetLimits } from './budget.ts';

const rowKey = ({ tenant_id, account_id = '' }: { tenant_id: string; account_id?: string | undefined }) =>
  `${tenant_id}/${account_id}`;

/** A policy that is not in force. Its rows take the place of all that is configured; thresholds and tiers that it does not name are those in force. */
export const candidatePolicy = z
  .strictObject({
    autonomy: z.array(autonomyRow),
    min_confidence: z.number().min(0).max(1).optional(),
    risk_needs_a_person: z.enum(RISK_LEVELS).optional(),
    risk_tiers: z.record(actionType, z.enum(RISK_LEVELS)).optional(),
  })
  .superRefine(({ autonomy }, context) => {
    const keys = autonomy.map(rowKey);
    keys.forEach((key, index) => {
      if (keys.indexOf(key) < index)
        context.addIssue({ code: 'custom', path: ['autonomy', index], message: 'is used twice' });
    });
  });
export type CandidatePolicy = z.infer<typeof candidatePolicy>;

/** Where an action stands. */
interface Place {
  readonly tenant_id: string;
  readonly account_id: string;
}

type Limits = { readonly [level in Lowercase<BudgetLevel>]: BudgetLimits | undefined };

/** A candidate policy, as the gate would ask it. */
export interface Candidate {
  readonly settings: PolicySettings;
  configured(place: Place, actionType: string): Pick<AutonomyFacts, 'allowlists' | 'modes'>;
  limits(place: Place): Limits;
}

const own = <T>(of: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined;

const settingsOf = ({
  risk_needs_a_person = SETTINGS_IN_FORCE.risk_needs_a_person,
  min_confidence = SETTINGS_IN_FORCE.min_confidence,
  risk_tiers = {},
}: CandidatePolicy): PolicySettings => ({
  risk_needs_a_person,
  min_confidence,
  tierOf: (type) => own(risk_tiers, type) ?? SETTINGS_IN_FORCE.tierOf(type),
});

const modesOf = (account: AutonomyRow | undefined, tenant: AutonomyRow | undefined, type: string) => {
  const mode = (row: AutonomyRow | undefined, name: string) => row && own(row.modes, name);
  return {
    account_type: mode(account, type),
    tenant_type: mode(tenant, type),
    account_default: mode(account, 'DEFAULT'),
    tenant_default: mode(tenant, 'DEFAULT'),
  };
};

export const candidateOf = (policy: CandidatePolicy): Candidate => {
  const rows = new Map(policy.autonomy.map((row) => [rowKey(row), row]));
  const rowsOf = (place: Place) => [rows.get(rowKey(place)), rows.get(rowKey({ ...place, account_id: '' }))];
  return {
    settings: settingsOf(policy),
    configured(place, type) {
      const [account, tenant] = rowsOf(place);
      const allowlists = { account: account?.allowlist, tenant: tenant?.allowlist };
      return { allowlists, modes: modesOf(account, tenant, type) };
    },
    limits(place) {
      const [account, tenant] = rowsOf(place);
      return { account: account?.budget, tenant: tenant?.budget };
    },
  };
};
