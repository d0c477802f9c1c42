import { describe, expect, test } from '@jest/globals';
import { newActionIntent } from '../../src/domain/intent/action-intent.ts';
import { escalationOf } from '../../src/domain/plan/escalation.ts';
import { minute, planIn, requireApproval, start, stepOf, then } from '../support/plan-fixtures.ts';
import { made } from './made-resources.ts';
import { ofType, resource } from './template.ts';

const template = await made('escalations.js', 'escalations');
const properties = (logicalId: string) => resource(template, logicalId).Properties;

const waiting = then(planIn('ACTIVE'), start('s1', 3), requireApproval('s1', 4));
const escalation = escalationOf(waiting, newActionIntent(waiting, stepOf(waiting, 's1'), 1, minute(3)));

describe('escalations', () => {
  test('come from the stage’s bus to their topic, and what cannot be delivered is kept', () => {
    const { EventBusName, EventPattern, Targets } = properties('EscalationsRule');
    expect(EventBusName).toEqual({ Ref: 'EventBus' });
    expect(EventPattern).toEqual({ source: ['cc-native'], 'detail-type': ['APPROVAL_ESCALATED'] });
    expect(Targets).toMatchObject([
      {
        Arn: { Ref: 'EscalationsTopic' },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['SignalDeadLetters', 'Arn'] } },
      },
    ]);
    expect(properties('EscalationsTopicPolicy')).toMatchObject({
      Topics: [{ Ref: 'EscalationsTopic' }],
      PolicyDocument: {
        Statement: [{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish' }],
      },
    });
  });

  test('are mailed in a sentence whose every blank the event fills', () => {
    const [{ InputTransformer }] = properties('EscalationsRule').Targets;
    const { InputPathsMap, InputTemplate } = InputTransformer;
    const values = Object.entries<string>(InputPathsMap).map(([name, path]) => {
      const field = path.replace(/^\$\.detail\.data\./, '') as keyof typeof escalation;
      return [name, escalation[field]] as const;
    });
    const sentence = values.reduce(
      (text, [name, value]) => text.replaceAll(`<${name}>`, String(value)),
      JSON.parse(InputTemplate) as string,
    );
    expect(sentence).not.toMatch(/<|undefined/);
    expect(sentence).toMatch(
      /PREP_RENEWAL_BRIEF \(risk LOW\) for account a1 of tenant acme, step s1 of plan p1/,
    );
  });

  test('are mailed to the address of the stage, if it has one', async () => {
    expect(ofType(template, 'AWS::SNS::Subscription').size).toBe(0);
    const mailed = await made('escalations.js', 'escalations', { 'param:escalationEmail': 'cs@example.com' });
    expect([...ofType(mailed, 'AWS::SNS::Subscription').values()]).toEqual([
      {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: 'EscalationsTopic' }, Protocol: 'email', Endpoint: 'cs@example.com' },
      },
    ]);
  });
});
