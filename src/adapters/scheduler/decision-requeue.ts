import { CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import type { DecisionRequeue } from '../../application/ports/decisions.ts';
import type { RunDecisionDetail } from '../../contracts/decisions.ts';
import { triggerHash } from '../../domain/decision/trigger-hash.ts';
import { translateError } from '../transient-errors.ts';

export interface DecisionRequeueSettings {
  readonly groupName: string;
  /** What the scheduler may assume to call the target and to write dead letters. */
  readonly roleArn: string;
  readonly targetArn: string;
  readonly deadLettersArn: string;
}

/** How long and how often the scheduler tries to deliver, before the trigger goes to the dead letters. */
const RETRY_POLICY = { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 };
/** There is a schedule of that name: somebody has asked for the same before. */
const ALREADY_THERE = 'ConflictException';

/** `at(yyyy-mm-ddThh:mm:ss)`: the time zone is a field of its own, and there is nothing finer than a second. */
const expressionAt = (instant: string): string => {
  const wholeSecond = new Date(Math.ceil(Date.parse(instant) / 1000) * 1000).toISOString();
  return `at(${wholeSecond.slice(0, 'yyyy-mm-ddThh:mm:ss'.length)})`;
};

/** The same for the same trigger at the same time of being put off: 49 letters and digits, of the 64 that a name may have. */
const nameOf = (detail: RunDecisionDetail): string =>
  `decision-${triggerHash(detail, detail.deferred_times ?? 0)}`;

/** Brings triggers back by one-time schedules of EventBridge Scheduler, which delete themselves. */
export const createDecisionRequeue = (
  client: Pick<SchedulerClient, 'send'>,
  { groupName, roleArn, targetArn, deadLettersArn }: DecisionRequeueSettings,
): DecisionRequeue => ({
  async at(instant, detail) {
    const Name = nameOf(detail);
    const request = new CreateScheduleCommand({
      ...{ Name, GroupName: groupName, ClientToken: Name },
      ScheduleExpression: expressionAt(instant),
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        ...{ Arn: targetArn, RoleArn: roleArn, Input: JSON.stringify({ detail }) },
        RetryPolicy: RETRY_POLICY,
        DeadLetterConfig: { Arn: deadLettersArn },
      },
    });
    await client.send(request).catch((error: Error) => {
      if (error.name !== ALREADY_THERE) throw translateError(error);
    });
  },
});
