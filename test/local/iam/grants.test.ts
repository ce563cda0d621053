import { beforeAll, describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { loadAssembly } from '../../../local/assembly/load-assembly.ts';
import { createIam } from '../../../local/iam/iam.ts';
import type { Iam } from '../../../local/iam/iam.ts';
import { checkRolesInUse } from '../../../local/iam/trust.ts';
import type { Access, Caller, Resource } from '../../../local/kernel/service.ts';
import { givenBundle, synthesize } from '../assembly/synthesize.ts';
import { place } from './roles-given.ts';

const env = { region: place.region, account: place.accountId };
const lambdaService = new iam.ServicePrincipal('lambda.amazonaws.com');

function loadStack(define: (stack: Stack) => void): readonly Resource[] {
  const directory = synthesize((app) => {
    define(new Stack(app, 'S', { env }));
  });
  return loadAssembly(directory, { ...place, parameters: {} }).resources;
}

/** The resource that a construct of that id became: the logical id is the construct's id and a hash. */
function find(resources: readonly Resource[], type: string, id: string): Resource {
  const found = resources.find(
    (resource) => resource.type === `AWS::${type}` && new RegExp(`^${id}[0-9A-F]{8}$`, 'u').test(resource.logicalId),
  );
  if (!found) throw new Error(`There is no ${type} ${id}`);
  return found;
}

function outcome(engine: Iam, caller: Caller, access: Access): string {
  const decision = engine.evaluate(caller, access);
  return decision.allowed ? 'allowed' : decision.error.message;
}

describe('a stack of grants', () => {
  let resources: readonly Resource[];
  let engine: Iam;
  let reader: Caller;
  let table: string;
  beforeAll(() => {
    resources = loadStack((stack) => {
      const items = new dynamodb.TableV2(stack, 'Items', {
        partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      });
      const role = new iam.Role(stack, 'Reader', { assumedBy: lambdaService });
      items.grant(role, 'dynamodb:GetItem', 'dynamodb:Batch*');
      role.addToPolicy(
        new iam.PolicyStatement({
          actions: ['dynamodb:Query'],
          resources: [items.tableArn],
          conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['mine', 'ours'] } },
        }),
      );
      role.addToPolicy(
        new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['dynamodb:BatchWriteItem'], resources: ['*'] }),
      );

      const vault = new kms.Key(stack, 'Vault');
      role.addToPolicy(
        new iam.PolicyStatement({
          actions: ['kms:Decrypt'],
          resources: [vault.keyArn],
          conditions: { StringEquals: { 'kms:EncryptionContext:purpose': 'test' } },
        }),
      );
      const closed = new kms.CfnKey(stack, 'Closed', {
        keyPolicy: {
          Statement: { Effect: 'Allow', Principal: { AWS: role.roleArn }, Action: 'kms:Sign', Resource: '*' },
        },
      });
      role.addToPolicy(new iam.PolicyStatement({ actions: ['kms:*'], resources: [closed.attrArn] }));

      const handler = new lambda.Function(stack, 'Handler', {
        runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
        handler: 'index.handler',
        code: lambda.Code.fromAsset(givenBundle('')),
      });
      handler.addPermission('Api', {
        principal: new iam.ServicePrincipal('apigateway.amazonaws.com'),
        sourceArn: 'arn:aws:execute-api:eu-central-1:000000000000:api1/*/*/v1/things',
      });
      const queue = new sqs.Queue(stack, 'Queue', { enforceSSL: true });
      queue.addToResourcePolicy(
        new iam.PolicyStatement({
          actions: ['sqs:SendMessage'],
          principals: [new iam.ServicePrincipal('events.amazonaws.com')],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-central-1:000000000000:rule/bus/one' } },
        }),
      );
      const managed = new iam.ManagedPolicy(stack, 'Managed', {
        statements: [new iam.PolicyStatement({ notActions: ['sqs:Delete*', 'iam:*'], notResources: [items.tableArn] })],
      });
      new iam.Role(stack, 'Worker', { assumedBy: lambdaService, managedPolicies: [managed] });
    });
    engine = createIam(resources, place);
    reader = { kind: 'role', roleArn: find(resources, 'IAM::Role', 'Reader').arn };
    table = find(resources, 'DynamoDB::GlobalTable', 'Items').arn;
  });

  const inTable = (action: string, context?: Access['context']): Access => ({
    action: `dynamodb:${action}`,
    resource: table,
    ...(context ? { context } : {}),
  });

  test('what a role’s policy grants is allowed, on that resource alone, and the action’s case is of no matter', () => {
    expect(outcome(engine, reader, inTable('GetItem'))).toBe('allowed');
    expect(outcome(engine, reader, inTable('getitem'))).toBe('allowed');
    expect(outcome(engine, reader, { action: 'dynamodb:GetItem', resource: `${table}2` })).not.toBe('allowed');
  });

  test('what no policy grants is denied in AWS’s words', () => {
    const name = find(resources, 'IAM::Role', 'Reader').physicalId;
    expect(engine.evaluate(reader, inTable('PutItem'))).toMatchObject({
      error: {
        code: 'AccessDeniedException',
        message:
          `User: arn:aws:sts::000000000000:assumed-role/${name}/local is not authorized to perform: dynamodb:PutItem ` +
          `on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
      },
    });
  });

  test('an explicit deny wins over a wildcard that allows', () => {
    expect(outcome(engine, reader, inTable('BatchGetItem'))).toBe('allowed');
    expect(outcome(engine, reader, inTable('BatchWriteItem'))).toContain(
      'with an explicit deny in an identity-based policy',
    );
  });

  test('ForAllValues:StringEquals holds when all values are listed', () => {
    expect(outcome(engine, reader, inTable('Query', { 'dynamodb:LeadingKeys': ['mine', 'ours'] }))).toBe('allowed');
    expect(outcome(engine, reader, inTable('Query', { 'dynamodb:LeadingKeys': ['mine', 'theirs'] }))).not.toBe(
      'allowed',
    );
  });

  test('a key that delegates to IAM is used by whom IAM allows it, under the conditions of the grant', () => {
    const access = (purpose: string): Access => ({
      action: 'kms:Decrypt',
      resource: find(resources, 'KMS::Key', 'Vault').arn,
      context: { 'kms:EncryptionContext:purpose': purpose },
    });
    expect(outcome(engine, reader, access('test'))).toBe('allowed');
    expect(outcome(engine, reader, access('other'))).not.toBe('allowed');
    expect(outcome(engine, reader, { action: 'kms:Decrypt', resource: access('').resource })).not.toBe('allowed');
  });

  test('a key whose policy does not delegate denies what IAM allows, and allows whom it names', () => {
    const resource = resources.find(({ logicalId }) => logicalId === 'Closed')?.arn ?? '';
    expect(outcome(engine, reader, { action: 'kms:Sign', resource })).toBe('allowed');
    expect(outcome(engine, reader, { action: 'kms:Decrypt', resource })).toContain(
      'because no resource-based policy allows the kms:Decrypt action',
    );
  });

  test('a service invokes a function only for the source that a permission names', () => {
    const resource = find(resources, 'Lambda::Function', 'Handler').arn;
    const invoke = (principal: string, path: string) =>
      outcome(
        engine,
        {
          kind: 'service',
          principal,
          sourceArn: `arn:aws:execute-api:eu-central-1:000000000000:api1/live/GET/${path}`,
        },
        { action: 'lambda:InvokeFunction', resource },
      );
    expect(invoke('apigateway.amazonaws.com', 'v1/things')).toBe('allowed');
    expect(invoke('apigateway.amazonaws.com', 'v1/others')).not.toBe('allowed');
    expect(invoke('events.amazonaws.com', 'v1/things')).not.toBe('allowed');
  });

  test('a queue’s policy lets a service send for the source that it names, and its deny of plain HTTP does not hit us', () => {
    const resource = find(resources, 'SQS::Queue', 'Queue').arn;
    const send = (rule: string) =>
      outcome(
        engine,
        {
          kind: 'service',
          principal: 'events.amazonaws.com',
          sourceArn: `arn:aws:events:eu-central-1:000000000000:rule/bus/${rule}`,
        },
        { action: 'sqs:SendMessage', resource },
      );
    expect(send('one')).toBe('allowed');
    expect(send('two')).not.toBe('allowed');
  });

  test('NotAction and NotResource mean everything else, also in a managed policy', () => {
    const worker: Caller = { kind: 'role', roleArn: find(resources, 'IAM::Role', 'Worker').arn };
    const anyQueue = 'arn:aws:sqs:eu-central-1:000000000000:any';
    expect(outcome(engine, worker, { action: 'sqs:SendMessage', resource: anyQueue })).toBe('allowed');
    expect(outcome(engine, worker, { action: 'sqs:DeleteMessage', resource: anyQueue })).not.toBe('allowed');
    expect(outcome(engine, worker, inTable('GetItem'))).not.toBe('allowed');
  });

  test('the operator may do everything, an unknown role nothing', () => {
    expect(outcome(engine, { kind: 'operator' }, inTable('DeleteTable'))).toBe('allowed');
    expect(
      outcome(engine, { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/nobody' }, inTable('GetItem')),
    ).not.toBe('allowed');
  });

  test('a role is assumed by the service that its trust policy names', () => {
    const roleArn = find(resources, 'IAM::Role', 'Reader').arn;
    expect(engine.mayAssume(roleArn, 'lambda.amazonaws.com', 'arn:aws:lambda:any')).toBe(true);
    expect(engine.mayAssume(roleArn, 'states.amazonaws.com', 'arn:aws:states:any')).toBe(false);
    expect(() => checkRolesInUse(resources, engine)).not.toThrow();
  });
});
