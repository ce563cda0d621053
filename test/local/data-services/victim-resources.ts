import type { Resource } from '../../../local/kernel/service.ts';

const region = 'eu-central-1:000000000000';
export const victimTargetArn = `arn:aws:lambda:${region}:function:Stack-Function`;

/** What the killed process and its successor both serve. */
export const victimResources: readonly Resource[] = [
  {
    ...{ stack: 'Stack', logicalId: 'Inbox', type: 'AWS::SQS::Queue', properties: {} },
    physicalId: 'https://sqs.eu-central-1.amazonaws.com/000000000000/Stack-Inbox',
    arn: `arn:aws:sqs:${region}:Stack-Inbox`,
  },
  {
    ...{ stack: 'Stack', logicalId: 'Bus', type: 'AWS::Events::EventBus', properties: {} },
    ...{ physicalId: 'Stack-Bus', arn: `arn:aws:events:${region}:event-bus/Stack-Bus` },
  },
  {
    ...{ stack: 'Stack', logicalId: 'Rule', type: 'AWS::Events::Rule', physicalId: 'Stack-Bus|Stack-Rule' },
    arn: `arn:aws:events:${region}:rule/Stack-Bus/Stack-Rule`,
    properties: {
      EventBusName: 'Stack-Bus',
      EventPattern: { source: ['test'] },
      Targets: [{ Id: 'Target', Arn: victimTargetArn }],
    },
  },
  {
    ...{ stack: 'Stack', logicalId: 'Table', type: 'AWS::DynamoDB::Table', physicalId: 'Stack-Table' },
    arn: `arn:aws:dynamodb:${region}:table/Stack-Table`,
    properties: {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    },
  },
];
