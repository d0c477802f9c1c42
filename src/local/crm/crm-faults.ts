export interface CrmRequest {
  readonly method: string;
  readonly path: string;
}

/** Something that goes wrong with one request, the next one that matches. */
export interface CrmFault {
  /** Default: every request, those for tokens included. */
  match?(request: CrmRequest): boolean;
  /** Answers with this status, and does nothing. */
  readonly status?: number;
  readonly body?: unknown;
  /** Never answers, and does nothing. */
  readonly hang?: boolean;
  /** Cuts the connection: before anything is done, or after. */
  readonly dropConnection?: 'before' | 'after';
}

/** Takes the fault that a request meets out of those to come. */
export const takeFault = (faults: CrmFault[], request: CrmRequest): CrmFault | undefined => {
  const index = faults.findIndex(({ match }) => match?.(request) ?? true);
  return index < 0 ? undefined : faults.splice(index, 1)[0];
};
