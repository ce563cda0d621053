import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CfnCondition, CfnOutput, CfnParameter, Fn, Stack, Stage, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { loadAssembly } from '../../../local/assembly/load-assembly.ts';
import type { Assembly } from '../../../local/assembly/load-assembly.ts';
import { assemblyOf, givenBundle, synthesize, temporaryFolder } from './synthesize.ts';

const place = { region: 'eu-central-1', accountId: '000000000000' };
const node24 = new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS);

// The CDK prints what it would validate; it is no concern of these tests.
beforeAll(() => void jest.spyOn(console, 'error').mockImplementation(() => undefined));
afterAll(() => void jest.restoreAllMocks());

function load(directory: string, parameters: Record<string, string> = {}): Assembly {
  return loadAssembly(directory, { ...place, parameters, queueUrlBase: 'http://127.0.0.1:4000' });
}

function find(assembly: Assembly, type: string, logicalId = '') {
  const found = assembly.resources.find(
    (resource) => resource.type === type && resource.logicalId.startsWith(logicalId),
  );
  if (!found) throw new Error(`no ${type} ${logicalId}`);
  return found;
}

describe('an app of two stacks in a stage', () => {
  const bundle = givenBundle('export const handler = async () => 1;');
  const definition = join(temporaryFolder(), 'wait.asl.json');
  let directory: string;
  let assembly: Assembly;
  beforeAll(() => {
    writeFileSync(definition, JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } }));
    directory = synthesize((app) => {
      const stage = new Stage(app, 'shop', { env: { region: place.region } });
      const data = new Stack(stage, 'Data');
      const platform = new Stack(stage, 'Platform');
      const key = new kms.Key(data, 'Key');
      const table = new dynamodb.TableV2(data, 'Table', {
        partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
        dynamoStream: dynamodb.StreamViewType.NEW_IMAGE,
      });
      const queue = new sqs.Queue(data, 'Queue');
      new cloudwatch.Alarm(data, 'Alarm', {
        metric: queue.metricApproximateAgeOfOldestMessage(),
        threshold: 1,
        evaluationPeriods: 1,
      });
      const acquirerUrl = new CfnParameter(platform, 'AcquirerUrl');
      const handler = new lambda.Function(platform, 'Handler', {
        runtime: node24,
        handler: 'index.handler',
        code: lambda.Code.fromAsset(bundle),
        environment: {
          KEY_ARN: key.keyArn,
          TABLE_NAME: table.tableName,
          STREAM_ARN: table.tableStreamArn ?? '',
          QUEUE_URL: queue.queueUrl,
          ACQUIRER_URL: Fn.join('/', [acquirerUrl.valueAsString, 'v1']),
        },
      });
      new stepfunctions.StateMachine(platform, 'Machine', {
        definitionBody: stepfunctions.DefinitionBody.fromFile(definition),
        definitionSubstitutions: { HandlerArn: handler.functionArn },
      });
      new CfnOutput(platform, 'HandlerName', { value: handler.functionName });
    });
    assembly = load(directory, { AcquirerUrl: 'http://127.0.0.1:9' });
  });

  test('references across stacks, parameters and attributes are resolved in the function’s environment', () => {
    const name = 'shop-Data-';
    expect(find(assembly, 'AWS::Lambda::Function').properties['Environment']).toEqual({
      Variables: {
        KEY_ARN: find(assembly, 'AWS::KMS::Key').arn,
        TABLE_NAME: expect.stringMatching(/^shop-Data-Table/u),
        STREAM_ARN: expect.stringMatching(
          /^arn:aws:dynamodb:eu-central-1:000000000000:table\/shop-Data-Table\w+\/stream\/.+/u,
        ),
        QUEUE_URL: expect.stringMatching(new RegExp(`^http://127.0.0.1:4000/000000000000/${name}Queue`, 'u')),
        ACQUIRER_URL: 'http://127.0.0.1:9/v1',
      },
    });
  });

  test('physical names and ARNs are those of AWS, and the same at every load', () => {
    const handler = find(assembly, 'AWS::Lambda::Function');
    expect(handler.physicalId).toBe(`shop-Platform-${handler.logicalId}`);
    expect(handler.arn).toBe(`arn:aws:lambda:eu-central-1:000000000000:function:${handler.physicalId}`);
    expect(find(assembly, 'AWS::KMS::Key').physicalId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/u,
    );
    expect(load(directory, { AcquirerUrl: 'http://127.0.0.1:9' })).toEqual(assembly);
  });

  test('a function’s code is the directory of its asset', () => {
    const { AssetPath } = find(assembly, 'AWS::Lambda::Function').properties['Code'] as { AssetPath: string };
    expect(readFileSync(join(AssetPath, 'index.js'), 'utf8')).toContain('handler');
  });

  test('a workflow’s definition comes from its asset, with its substitutions resolved and left to the service', () => {
    const { properties, arn } = find(assembly, 'AWS::StepFunctions::StateMachine');
    expect(JSON.parse(properties['DefinitionString'] as string)).toHaveProperty('States.A.Type', 'Succeed');
    expect(properties['DefinitionSubstitutions']).toEqual({ HandlerArn: find(assembly, 'AWS::Lambda::Function').arn });
    expect(arn).toMatch(/^arn:aws:states:eu-central-1:000000000000:stateMachine:shop-Platform-Machine/u);
  });

  test('outputs are answered by stack', () => {
    expect(assembly.outputs['shop-Platform']).toEqual({
      HandlerName: find(assembly, 'AWS::Lambda::Function').physicalId,
    });
  });

  test('what only watches is accepted and told apart', () => {
    expect(assembly.inert.map(({ type }) => type)).toEqual(['AWS::CloudWatch::Alarm']);
  });

  test('a parameter without a value is named', () => {
    expect(() => load(directory)).toThrow(
      /shop-Platform\/Handler\w+ \(AWS::Lambda::Function\): the parameter AcquirerUrl has no value/u,
    );
  });

  test('one stage is chosen by its name, and one that is not there is refused', () => {
    const options = { ...place, parameters: { AcquirerUrl: 'http://127.0.0.1:9' } };
    expect(loadAssembly(directory, { ...options, stage: 'shop' }).resources).toHaveLength(assembly.resources.length);
    expect(() => loadAssembly(directory, { ...options, stage: 'other' })).toThrow('no stack of a stage "other"');
  });
});

describe('names', () => {
  test('given names are respected, long ones cut without colliding, user pools and clients get ids', () => {
    const long = 'VeryLongNameOfAFunctionThatSaysEverythingAboutWhatItDoesForWhom';
    const assembly = load(
      synthesize((app) => {
        const stack = new Stack(app, 'Shop', { env: { region: place.region } });
        const bus = new events.EventBus(stack, 'Bus', { eventBusName: 'the-bus' });
        new events.Rule(stack, 'Rule', { eventBus: bus, ruleName: 'the-rule', eventPattern: { source: ['shop'] } });
        new sqs.Queue(stack, 'Fifo', { fifo: true });
        const pool = new cognito.UserPool(stack, 'Pool');
        pool.addClient('Client');
        for (const id of [`${long}One`, `${long}Two`]) {
          new lambda.Function(stack, id, {
            runtime: node24,
            handler: 'index.handler',
            code: lambda.Code.fromAsset(givenBundle(id)),
          });
        }
      }),
    );
    expect(find(assembly, 'AWS::Events::EventBus').arn).toBe(
      'arn:aws:events:eu-central-1:000000000000:event-bus/the-bus',
    );
    expect(find(assembly, 'AWS::Events::Rule')).toMatchObject({
      physicalId: 'the-bus|the-rule',
      arn: 'arn:aws:events:eu-central-1:000000000000:rule/the-bus/the-rule',
    });
    expect(find(assembly, 'AWS::SQS::Queue').arn).toMatch(/:Shop-Fifo\w+\.fifo$/u);
    expect(find(assembly, 'AWS::Cognito::UserPool').physicalId).toMatch(/^eu-central-1_[a-z0-9]{9}$/u);
    expect(find(assembly, 'AWS::Cognito::UserPoolClient').physicalId).toMatch(/^[a-z0-9]{26}$/u);
    const functions = assembly.resources
      .filter(({ type }) => type === 'AWS::Lambda::Function')
      .map(({ physicalId }) => physicalId);
    expect(new Set(functions).size).toBe(2);
    for (const name of functions) expect(name).toHaveLength(64);
  });
});

describe('intrinsic functions and conditions', () => {
  const template = (value: unknown, more: object = {}) =>
    assemblyOf({
      Parameters: {
        Kind: { Type: 'String', Default: 'big', AllowedValues: ['big', 'small'] },
        List: { Type: 'CommaDelimitedList', Default: 'a, b' },
      },
      Mappings: { Sizes: { big: { seconds: 30 } } },
      Conditions: {
        IsBig: { 'Fn::Equals': [{ Ref: 'Kind' }, 'big'] },
        IsSmall: { 'Fn::Not': [{ Condition: 'IsBig' }] },
        Either: { 'Fn::Or': [{ Condition: 'IsBig' }, { Condition: 'IsSmall' }] },
        Both: { 'Fn::And': [{ Condition: 'IsBig' }, { Condition: 'IsSmall' }] },
      },
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { Tested: value } },
        Small: { Type: 'AWS::SQS::Queue', Condition: 'IsSmall' },
      },
      ...more,
    });
  const resolve = (value: unknown) => find(load(template(value)), 'AWS::SQS::Queue', 'Queue').properties['Tested'];

  test.each([
    [{ Ref: 'AWS::StackName' }, 'S'],
    [{ Ref: 'List' }, ['a', 'b']],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Kind' }, 3]] }, 'a-big-3'],
    [{ 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
    [{ 'Fn::Sub': 'x ${Kind} ${!Kind} ${AWS::Region} ${Queue.QueueName}' }, 'x big ${Kind} eu-central-1 S-Queue'],
    [{ 'Fn::Sub': ['${A}/${Kind}', { A: { 'Fn::Base64': 'hi' } }] }, 'aGk=/big'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['|', 'a|b|c'] }] }, 'b'],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Kind' }, 'seconds'] }, 30],
    [{ 'Fn::If': ['IsSmall', 1, { Ref: 'Kind' }] }, 'big'],
    [{ 'Fn::If': ['Either', 1, 2] }, 1],
    [{ 'Fn::If': ['Both', 1, 2] }, 2],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:eu-central-1:000000000000:S-Queue'],
    [{ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }, null] }, { b: [1, null] }],
    [{ Condition: { StringEquals: { a: 'b' } } }, { Condition: { StringEquals: { a: 'b' } } }],
  ])('%j is %j', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test('a resource whose condition does not hold is not there, and cannot be referred to', () => {
    expect(load(template(1)).resources.map(({ logicalId }) => logicalId)).toEqual(['Queue']);
    expect(load(template(1), { Kind: 'small' }).resources.map(({ logicalId }) => logicalId)).toEqual([
      'Queue',
      'Small',
    ]);
    expect(() => resolve({ Ref: 'Small' })).toThrow(
      'S/Queue (AWS::SQS::Queue): there is no resource or parameter Small',
    );
  });

  test.each([
    [{ Ref: 'Nobody' }, 'there is no resource or parameter Nobody'],
    [{ 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Queue (AWS::SQS::Queue) has no attribute Colour'],
    [{ 'Fn::ImportValue': 'nowhere' }, 'no stack of the assembly exports nowhere'],
    [{ 'Fn::GetAZs': '' }, 'the intrinsic function Fn::GetAZs is not served'],
    [{ 'Fn::Join': 'x' }, 'Fn::Join has arguments that it cannot take'],
    [{ 'Fn::Select': [5, ['a']] }, 'Fn::Select: there is no item 5'],
    [{ 'Fn::FindInMap': ['Sizes', 'small', 'seconds'] }, 'the mapping Sizes has no small.seconds'],
    [{ 'Fn::If': ['Nothing', 1, 2] }, 'there is no condition Nothing'],
  ])('%j is refused with the place and the reason', (value, reason) => {
    expect(() => resolve(value)).toThrow(`S/Queue (AWS::SQS::Queue): ${reason}`);
  });

  test('a value that refers to itself is refused with the way around', () => {
    const name = (other: string) => ({ QueueName: { 'Fn::GetAtt': [other, 'QueueName'] } });
    const Resources = {
      A: { Type: 'AWS::SQS::Queue', Properties: name('B') },
      B: { Type: 'AWS::SQS::Queue', Properties: name('A') },
    };
    expect(() => load(assemblyOf({ Resources }))).toThrow('it refers to itself: S/A -> S/B -> S/A');
  });

  test('a value that a parameter does not allow is refused', () => {
    expect(() => load(template({ Ref: 'Kind' }), { Kind: 'huge' })).toThrow(
      'the parameter Kind is "huge", but may be one of big, small',
    );
  });
});

describe('what is not served', () => {
  test('is refused by name, all at once', () => {
    const directory = synthesize((app) => {
      const stack = new Stack(app, 'Shop');
      new s3.Bucket(stack, 'Files');
      new dynamodb.CfnTable(stack, 'Table', { keySchema: [{ attributeName: 'pk', keyType: 'HASH' }] });
      new s3.Bucket(stack, 'More');
    });
    expect(() => load(directory)).toThrow(
      /does not serve these resources: AWS::S3::Bucket \(Shop\/Files\w+\), AWS::S3::Bucket \(Shop\/More\w+\)/u,
    );
  });

  test('a directory without an assembly, and macros, are refused', () => {
    expect(() => load(temporaryFolder())).toThrow('Cannot read manifest.json of the cloud assembly');
    expect(() => load(assemblyOf({ Resources: {}, Transform: 'AWS::Serverless-2016-10-31' }))).toThrow(
      'Transform (macros) is not served',
    );
  });

  test('an asset that is not there is named', () => {
    const Resources = { F: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'b', S3Key: 'k.zip' } } } };
    expect(() => load(assemblyOf({ Resources }))).toThrow('the asset k.zip is not in the cloud assembly');
  });
});

describe('conditions of the CDK', () => {
  test('decide over outputs too', () => {
    const directory = synthesize((app) => {
      const stack = new Stack(app, 'Shop');
      const never = new CfnCondition(stack, 'Never', { expression: Fn.conditionEquals('a', 'b') });
      new CfnOutput(stack, 'Shown', { value: Token.asString(Fn.conditionIf('Never', 'x', 'y')) });
      new CfnOutput(stack, 'Hidden', { value: 'z' }).condition = never;
    });
    expect(load(directory).outputs).toEqual({ Shop: { Shown: 'y' } });
  });
});
