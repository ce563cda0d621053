import type { Identity, IdentityContext } from './identity.ts';
import { arnOf, iamArnOf, idOf, nameOf, uuidOf } from './identity.ts';

export type Identify = (context: IdentityContext) => Identity;

/** A resource that others know by an id or name alone. */
function plain(physicalId: string, attributes: Readonly<Record<string, string>> = {}): Identity {
  return { physicalId, arn: physicalId, attributes };
}

/** A resource whose `Ref` is its name and that has an ARN. */
function named(physicalId: string, arn: string, attributes: Readonly<Record<string, string>> = {}): Identity {
  return { physicalId, arn, attributes: { Arn: arn, ...attributes } };
}

const generatedId: Identify = (context) => plain(idOf(context, 10));

/** The label of every local stream; AWS takes the moment in which the stream was switched on. */
export const streamLabel = '2026-01-01T00:00:00.000';

function table(context: IdentityContext): Identity {
  const name = nameOf(context, 'TableName', 255);
  const arn = arnOf(context, 'dynamodb', `table/${name}`);
  return named(name, arn, { StreamArn: `${arn}/stream/${streamLabel}`, TableId: uuidOf(context) });
}

/** IAM resources carry their path in the ARN, not in the name. */
function iam(context: IdentityContext, kind: string, property: string, longest: number): { name: string; arn: string } {
  const name = nameOf(context, property, longest);
  return { name, arn: iamArnOf(context, `${kind}${context.property('Path') ?? '/'}${name}`) };
}

function userPool(context: IdentityContext): Identity {
  const id = `${context.region}_${idOf(context, 9)}`;
  const provider = `cognito-idp.${context.region}.amazonaws.com/${id}`;
  const arn = arnOf(context, 'cognito-idp', `userpool/${id}`);
  return named(id, arn, { UserPoolId: id, ProviderName: provider, ProviderURL: `https://${provider}` });
}

function rule(context: IdentityContext): Identity {
  const name = nameOf(context, 'Name', 64);
  // Rules refer to their bus by name or by ARN; on a bus of its own, `Ref` is `bus|rule`.
  const bus = context.property('EventBusName')?.split('/').at(-1) ?? 'default';
  const path = bus === 'default' ? name : `${bus}/${name}`;
  return named(bus === 'default' ? name : `${bus}|${name}`, arnOf(context, 'events', `rule/${path}`));
}

function queue(context: IdentityContext): Identity {
  const name = nameOf(context, 'QueueName', 80, context.property('FifoQueue') === 'true' ? '.fifo' : '');
  const url = `${context.queueUrlBase}/${context.accountId}/${name}`;
  return named(url, arnOf(context, 'sqs', name), { QueueName: name, QueueUrl: url });
}

/** The resource types that the embedded cloud carries out, and what Ref and each GetAtt answer for them. */
export const servedTypes: ReadonlyMap<string, Identify> = new Map<string, Identify>([
  [
    'AWS::ApiGatewayV2::Api',
    (context) => {
      const id = idOf(context, 10);
      return plain(id, { ApiId: id, ApiEndpoint: `https://${id}.execute-api.${context.region}.amazonaws.com` });
    },
  ],
  ['AWS::ApiGatewayV2::Authorizer', (context) => plain(idOf(context, 6), { AuthorizerId: idOf(context, 6) })],
  ['AWS::ApiGatewayV2::Integration', (context) => plain(idOf(context, 7), { IntegrationId: idOf(context, 7) })],
  ['AWS::ApiGatewayV2::Route', (context) => plain(idOf(context, 7), { RouteId: idOf(context, 7) })],
  ['AWS::ApiGatewayV2::Stage', (context) => plain(nameOf(context, 'StageName', 128))],
  ['AWS::Cognito::UserPool', userPool],
  ['AWS::Cognito::UserPoolClient', (context) => plain(idOf(context, 26), { ClientId: idOf(context, 26) })],
  ['AWS::Cognito::UserPoolDomain', (context) => plain(nameOf(context, 'Domain', 63).toLowerCase())],
  ['AWS::Cognito::UserPoolGroup', (context) => plain(nameOf(context, 'GroupName', 128))],
  ['AWS::Cognito::UserPoolResourceServer', (context) => plain(nameOf(context, 'Identifier', 256))],
  ['AWS::DynamoDB::GlobalTable', table],
  ['AWS::DynamoDB::Table', table],
  [
    'AWS::Events::EventBus',
    (context) => {
      const name = nameOf(context, 'Name', 256);
      return named(name, arnOf(context, 'events', `event-bus/${name}`), { Name: name });
    },
  ],
  ['AWS::Events::Rule', rule],
  [
    'AWS::IAM::ManagedPolicy',
    (context) => {
      const { arn } = iam(context, 'policy', 'ManagedPolicyName', 128);
      return { physicalId: arn, arn, attributes: { PolicyArn: arn } };
    },
  ],
  ['AWS::IAM::Policy', (context) => plain(nameOf(context, 'PolicyName', 128))],
  [
    'AWS::IAM::Role',
    (context) => {
      const { name, arn } = iam(context, 'role', 'RoleName', 64);
      return named(name, arn, { RoleId: `AROA${idOf(context, 17).toUpperCase()}` });
    },
  ],
  [
    'AWS::KMS::Alias',
    (context) => {
      const name = nameOf(context, 'AliasName', 256);
      return { physicalId: name, arn: arnOf(context, 'kms', name), attributes: {} };
    },
  ],
  [
    'AWS::KMS::Key',
    (context) => {
      const id = uuidOf(context);
      return named(id, arnOf(context, 'kms', `key/${id}`), { KeyId: id });
    },
  ],
  ['AWS::Lambda::EventInvokeConfig', generatedId],
  [
    'AWS::Lambda::EventSourceMapping',
    (context) => {
      const id = uuidOf(context);
      const arn = arnOf(context, 'lambda', `event-source-mapping:${id}`);
      return { physicalId: id, arn, attributes: { Id: id, EventSourceMappingArn: arn } };
    },
  ],
  [
    'AWS::Lambda::Function',
    (context) => {
      const name = nameOf(context, 'FunctionName', 64);
      return named(name, arnOf(context, 'lambda', `function:${name}`));
    },
  ],
  ['AWS::Lambda::Permission', generatedId],
  ['AWS::SQS::Queue', queue],
  ['AWS::SQS::QueuePolicy', generatedId],
  [
    'AWS::Scheduler::Schedule',
    (context) => {
      const name = nameOf(context, 'Name', 64);
      return named(name, arnOf(context, 'scheduler', `schedule/${context.property('GroupName') ?? 'default'}/${name}`));
    },
  ],
  [
    'AWS::Scheduler::ScheduleGroup',
    (context) => {
      const name = nameOf(context, 'Name', 64);
      return named(name, arnOf(context, 'scheduler', `schedule-group/${name}`));
    },
  ],
  [
    'AWS::StepFunctions::StateMachine',
    (context) => {
      const name = nameOf(context, 'StateMachineName', 80);
      const arn = arnOf(context, 'states', `stateMachine:${name}`);
      return { physicalId: arn, arn, attributes: { Arn: arn, Name: name } };
    },
  ],
]);

/** Types that only watch or describe: accepted, shown at start, and without effect on this machine. */
export const inertTypes: ReadonlyMap<string, Identify> = new Map<string, Identify>([
  ['AWS::CDK::Metadata', generatedId],
  [
    'AWS::CloudWatch::Alarm',
    (context) => {
      const name = nameOf(context, 'AlarmName', 255);
      return named(name, arnOf(context, 'cloudwatch', `alarm:${name}`));
    },
  ],
  [
    'AWS::CloudWatch::CompositeAlarm',
    (context) => {
      const name = nameOf(context, 'AlarmName', 255);
      return named(name, arnOf(context, 'cloudwatch', `alarm:${name}`));
    },
  ],
  ['AWS::CloudWatch::Dashboard', (context) => plain(nameOf(context, 'DashboardName', 255))],
  [
    'AWS::Logs::LogGroup',
    (context) => {
      const name = nameOf(context, 'LogGroupName', 512);
      return named(name, arnOf(context, 'logs', `log-group:${name}:*`));
    },
  ],
  ['AWS::Logs::MetricFilter', (context) => plain(nameOf(context, 'FilterName', 512))],
  ['AWS::Logs::QueryDefinition', (context) => plain(uuidOf(context), { QueryDefinitionId: uuidOf(context) })],
  ['AWS::Logs::ResourcePolicy', (context) => plain(nameOf(context, 'PolicyName', 255))],
  ['AWS::SNS::Subscription', (context) => plain(idOf(context, 16))],
  [
    'AWS::SNS::Topic',
    (context) => {
      const name = nameOf(context, 'TopicName', 256);
      const arn = arnOf(context, 'sns', name);
      return { physicalId: arn, arn, attributes: { TopicArn: arn, TopicName: name } };
    },
  ],
  ['AWS::SNS::TopicPolicy', generatedId],
]);
