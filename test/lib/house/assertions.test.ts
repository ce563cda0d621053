import { describe, expect, test } from '@jest/globals';
import { broken, given } from './planted-resources.ts';

const protectedTable = {
  DeletionProtectionEnabled: true,
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
};

describe('a table', () => {
  test('has recovery and deletion protection and is retained', () => {
    expect(broken(given('LedgerTable', 'AWS::DynamoDB::Table', protectedTable, 'Retain'))).toEqual([]);
    expect(broken(given('LedgerTable', 'AWS::DynamoDB::Table', protectedTable, 'Delete'))).toEqual([
      'table-kept LedgerTable',
    ]);
    expect(broken(given('LedgerTable', 'AWS::DynamoDB::Table', {}, 'Retain'))).toEqual([
      'table-kept LedgerTable',
      'table-recoverable LedgerTable',
    ]);
  });

  test('made as a global table is held to the same, in every replica', () => {
    const replicas = (...each: readonly object[]) => ({ Replicas: each });
    expect(broken(given('T', 'AWS::DynamoDB::GlobalTable', replicas(protectedTable), 'Retain'))).toEqual([]);
    expect(broken(given('T', 'AWS::DynamoDB::GlobalTable', replicas(protectedTable, {}), 'Retain'))).toEqual([
      'table-kept T',
      'table-recoverable T',
    ]);
  });

  test('may only do without when it is one of codes', () => {
    expect(broken(given('CvcTable7C4EC2F5', 'AWS::DynamoDB::Table', {}, 'Delete'))).toEqual([]);
    expect(broken(given('GiftCardSecretsTable7C4EC2F5', 'AWS::DynamoDB::Table', {}, 'Delete'))).toEqual([]);
    for (const id of ['GuardsTableDE76CF75', 'FraudTable3A11F03D', 'CvcTableOfTruth3A11F03D']) {
      expect(broken(given(id, 'AWS::DynamoDB::Table', {}, 'Delete'))).toEqual([
        `table-kept ${id}`,
        `table-recoverable ${id}`,
      ]);
    }
  });
});

describe('a policy', () => {
  const policy = (statement: object) =>
    given('P', 'AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } });

  test('names its actions and its resources', () => {
    expect(broken(policy({ Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } }))).toEqual([]);
    expect(broken(policy({ Action: 'kms:Decrypt', Resource: '*' }))).toEqual(['least-privilege P']);
    expect(broken(policy({ Action: 'kms:*', Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } }))).toEqual([
      'least-privilege P',
    ]);
  });

  test('may take all resources only for what has none, and not smuggle another action in', () => {
    expect(broken(policy({ Action: ['xray:PutTraceSegments'], Resource: '*' }))).toEqual([]);
    expect(broken(policy({ Action: ['xray:PutTraceSegments', 'sqs:SendMessage'], Resource: ['*'] }))).toEqual([
      'least-privilege P',
    ]);
  });

  test('may forbid as broadly as it likes', () => {
    expect(broken(policy({ Effect: 'Deny', Action: '*', Resource: '*' }))).toEqual([]);
  });

  test('is seen inside a role too', () => {
    const inline = { PolicyDocument: { Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' } } };
    expect(broken(given('R', 'AWS::IAM::Role', { Policies: [inline] }))).toEqual(['least-privilege R']);
  });
});

describe('a route', () => {
  const route = (properties: object) =>
    given('R', 'AWS::ApiGatewayV2::Route', { RouteKey: 'POST /v1/payments', ...properties });

  test('has an authorizer and a scope', () => {
    expect(
      broken(route({ AuthorizationType: 'JWT', AuthorizerId: { Ref: 'A' }, AuthorizationScopes: ['payments/create'] })),
    ).toEqual([]);
    expect(broken(route({ AuthorizationType: 'JWT', AuthorizerId: { Ref: 'A' } }))).toEqual(['route-closed R']);
    expect(broken(route({ AuthorizationType: 'NONE' }))).toEqual(['route-closed R']);
  });

  test('is open only when it is one of the three that are', () => {
    expect(broken(route({ RouteKey: 'GET /openapi.json', AuthorizationType: 'NONE' }))).toEqual([]);
    expect(broken(route({ RouteKey: '$default', AuthorizationType: 'NONE' }))).toEqual(['route-closed R']);
  });
});

describe('a function', () => {
  const logs = given('Logs', 'AWS::Logs::LogGroup', { RetentionInDays: 30 });
  const alarm = given('Alarm', 'AWS::CloudWatch::Alarm', {
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'F' } }],
    AlarmDescription: 'It failed. Runbook: docs/runbook.md#create-payment-fails',
  });
  const handler = given('F', 'AWS::Lambda::Function', {
    Role: { 'Fn::GetAtt': ['R', 'Arn'] },
    LoggingConfig: { LogGroup: { Ref: 'Logs' } },
  });
  const rights = given('P', 'AWS::IAM::Policy', {
    Roles: [{ Ref: 'R' }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': ['Logs', 'Arn'] },
        },
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Q', 'Arn'] } },
      ],
    },
  });

  test('has a log group with retention, and an alarm', () => {
    expect(broken(handler, rights, logs, alarm)).toEqual([]);
    expect(broken(handler, rights, given('Logs', 'AWS::Logs::LogGroup', {}), alarm)).toEqual(['function-logs F']);
    expect(broken(handler, rights, logs)).toEqual(['function-alarm F']);
  });

  test('that a rule or a schedule calls has a dead-letter queue, and so has the call', () => {
    const target = { Arn: { 'Fn::GetAtt': ['F', 'Arn'] } };
    const withQueue = { ...target, DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Q', 'Arn'] } } };
    const safe = {
      ...handler,
      properties: { ...handler.properties, DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Q', 'Arn'] } } },
    };
    expect(broken(safe, rights, logs, alarm, given('Rule', 'AWS::Events::Rule', { Targets: [withQueue] }))).toEqual([]);
    expect(broken(safe, rights, logs, alarm, given('Rule', 'AWS::Events::Rule', { Targets: [target] }))).toEqual([
      'dead-letters Rule',
    ]);
    expect(broken(handler, rights, logs, alarm, given('S', 'AWS::Scheduler::Schedule', { Target: withQueue }))).toEqual(
      ['dead-letters F'],
    );
    expect(broken(safe, rights, logs, alarm, given('S', 'AWS::Scheduler::Schedule', { Target: target }))).toEqual([
      'dead-letters S',
    ]);
  });

  test('that a stream feeds keeps what it gives up; a queue keeps its own', () => {
    const ofStream = { StartingPosition: 'TRIM_HORIZON' };
    expect(broken(given('M', 'AWS::Lambda::EventSourceMapping', ofStream))).toEqual(['dead-letters M']);
    expect(broken(given('M', 'AWS::Lambda::EventSourceMapping', {}))).toEqual([]);
  });
});

describe('an alarm', () => {
  test.each([
    ['names a heading that is there', 'It failed. Runbook: docs/runbook.md#create-payment-fails', []],
    ['does not name one that is not', 'It failed. Runbook: docs/runbook.md#nothing-like-that', ['alarm-runbook A']],
    ['does not go without', 'It failed.', ['alarm-runbook A']],
  ])('%s', (_rule, description, expected) => {
    expect(broken(given('A', 'AWS::CloudWatch::Alarm', { AlarmDescription: description }))).toEqual(expected);
  });
});
