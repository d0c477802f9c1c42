import type { ProposalGenerator } from '../application/ports/decisions.ts';

/** No generator is configured, so nothing is proposed. */
export const nothingProposed: ProposalGenerator = { propose: async () => undefined };
