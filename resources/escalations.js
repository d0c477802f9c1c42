/** Makes the topic on which approvers hear of approvals whose deadline is near; serverless.yml includes what `escalations` returns. */
import { mailTo } from './alarms.js';

/** What a mail says; each name is a field of the event's data. */
const FIELDS = ['tenant_id', 'account_id', 'plan_id', 'step_id', 'action_type', 'risk', 'reason', 'deadline'];

const MAIL =
  'Nobody has approved <action_type> (risk <risk>) for account <account_id> of tenant <tenant_id>, step <step_id> of plan <plan_id>. The policy asks a person because of <reason>. At <deadline> it lapses, and the plan pauses.';

const rule = (Name) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    ...{ Name, EventBusName: { Ref: 'EventBus' } },
    EventPattern: { source: ['cc-native'], 'detail-type': ['APPROVAL_ESCALATED'] },
    Targets: [
      {
        ...{ Id: 'mail', Arn: { Ref: 'EscalationsTopic' } },
        InputTransformer: {
          InputPathsMap: Object.fromEntries(FIELDS.map((field) => [field, `$.detail.data.${field}`])),
          InputTemplate: JSON.stringify(MAIL),
        },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['SignalDeadLetters', 'Arn'] } },
      },
    ],
  },
});

/** Without a condition on the rule: EventBridge is not known to name it when it publishes to a topic. */
const policy = {
  Type: 'AWS::SNS::TopicPolicy',
  Properties: {
    Topics: [{ Ref: 'EscalationsTopic' }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } },
          ...{ Action: 'sns:Publish', Resource: { Ref: 'EscalationsTopic' } },
        },
      ],
    },
  },
};

/** A subscription if the parameter escalationEmail names an address. Not encrypted with a key: what is published are ids and names. */
export const escalations = async ({ resolveVariable }) => {
  const name = `${await resolveVariable('self:custom.prefix')}-escalations`;
  const email = await resolveVariable('param:escalationEmail');
  return {
    Resources: {
      EscalationsTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } },
      EscalationsTopicPolicy: policy,
      EscalationsRule: rule(name),
      ...(email && { EscalationsEmail: mailTo(email, 'EscalationsTopic') }),
    },
  };
};
