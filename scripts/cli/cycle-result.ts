import * as z from 'zod';
import { MAX_NAMED } from '../../src/application/cycle-totals.ts';
import { totals } from '../../src/contracts/plan-cycle.ts';

const { plans: _plans, failures, ...counts } = totals.shape;
const closed = z.object({ ...totals.shape, at: z.string(), dry_run: z.boolean() });
const summary = z.object({ ...counts, failures, error: z.string().optional() });
const taskFailure = z.object({ errorMessage: z.string() });

/** What a cycle did, as CloseCycle tells it. */
export type CycleResult = z.infer<typeof closed>;

/** A failed cycle's counts and failures, when no more is known of it. */
export type CycleSummary = z.infer<typeof summary>;

const fromJson = <S extends z.ZodType>(schema: S, text: string | undefined): z.infer<S> | undefined => {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
};

/** The result that a cycle ended with; undefined for text that holds none. */
export const cycleResult = (text: string | undefined): CycleResult | undefined => fromJson(closed, text);

/** The summary that is the cause of a cycle with failures; undefined for text that holds none. */
export const cycleSummary = (cause: string | undefined): CycleSummary | undefined => fromJson(summary, cause);

/** What a cause says: the message of a Lambda function's error, else the cause itself. */
export const causeText = (cause: string | undefined): string =>
  fromJson(taskFailure, cause)?.errorMessage ?? cause ?? 'no cause given';

/** Whether the result may name fewer plans, or names fewer failures, than there were. */
export const isCut = ({ plans, failures: named, failed }: CycleResult): boolean =>
  plans.length >= MAX_NAMED || named.length < failed;
