import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { machine } from './interpreter-world.ts';
import { givenMachine, givenStates } from './service-world.ts';
import type { ServiceWorld, ServiceWorldOptions } from './service-world.ts';

let world: ServiceWorld;
afterEach(() => world.close());

const express = { StateMachineType: 'EXPRESS' };

async function givenExpress(
  states: Readonly<Record<string, JsonObject>>,
  options: ServiceWorldOptions = {},
  rest: JsonObject = {},
) {
  const resource = givenMachine('authorize', machine(states, rest), express);
  world = await givenStates([resource], options);
  return resource;
}

function startSync({ arn }: Resource, input: unknown = {}) {
  return world.client.send(
    new StartSyncExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input), name: 'pay_1' }),
  );
}

describe('the errors of tasks', () => {
  const awsError =
    (code: string, statusCode = 400) =>
    () => {
      throw new AwsError(code, 'message', statusCode);
    };

  async function errorOf(resource: string, services: ServiceWorldOptions['services'], Arguments: JsonObject = {}) {
    const machineResource = await givenExpress(
      { Task: { Type: 'Task', Resource: resource, Arguments, End: true } },
      services ? { services } : {},
    );
    const { error, cause } = await startSync(machineResource);
    return { error, cause };
  }

  test.each([
    ['TooManyRequestsException', 429, 'Lambda.TooManyRequestsException'],
    ['ServiceException', 500, 'Lambda.ServiceException'],
    ['ServiceUnavailable', 503, 'Lambda.ServiceException'],
    ['InternalServerError', 500, 'Lambda.ServiceException'],
    ['ResourceNotFoundException', 404, 'Lambda.ResourceNotFoundException'],
    ['AccessDeniedException', 403, 'Lambda.AWSLambdaException'],
  ])('Lambda answering %s (%s) is %s', async (code, status, name) => {
    const { error, cause } = await errorOf(
      'arn:aws:states:::lambda:invoke',
      { 'lambda:f': awsError(code, status) },
      { FunctionName: 'f' },
    );
    expect(error).toBe(name);
    expect(cause).toContain('message');
  });

  test.each([
    [
      'dynamodb:putItem',
      'dynamodb:PutItem',
      'ConditionalCheckFailedException',
      'DynamoDB.ConditionalCheckFailedException',
    ],
    ['dynamodb:deleteItem', 'dynamodb:DeleteItem', 'InternalServerError', 'DynamoDB.InternalServerErrorException'],
    ['dynamodb:updateItem', 'dynamodb:UpdateItem', 'AccessDeniedException', 'DynamoDB.AmazonDynamoDBException'],
    ['dynamodb:getItem', 'dynamodb:GetItem', 'ValidationException', 'DynamoDB.AmazonDynamoDBException'],
    ['aws-sdk:dynamodb:query', 'dynamodb:Query', 'ResourceNotFoundException', 'DynamoDb.ResourceNotFoundException'],
    ['aws-sdk:kms:encrypt', 'kms:Encrypt', 'NotFoundException', 'Kms.NotFoundException'],
    ['sqs:sendMessage', 'sqs:SendMessage', 'AccessDeniedException', 'SQS.AmazonSQSException'],
    [
      'states:startExecution',
      'states:StartExecution',
      'ExecutionAlreadyExists',
      'StepFunctions.ExecutionAlreadyExistsException',
    ],
  ])('of %s: %s answering %s is %s', async (resource, operation, code, name) => {
    expect(await errorOf(`arn:aws:states:::${resource}`, { [operation]: awsError(code) })).toMatchObject({
      error: name,
    });
  });

  test('an event that the bus has not taken is EventBridge.FailedEntry', async () => {
    const services = {
      'events:PutEvents': () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }),
    };
    expect(await errorOf('arn:aws:states:::events:putEvents', services, { Entries: [] })).toMatchObject({
      error: 'EventBridge.FailedEntry',
    });
  });

  test('a function that throws without a name is Lambda.Unknown', async () => {
    const services = {
      'lambda:f': () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: '{"errorMessage":"?"}' }),
    };
    expect(await errorOf('arn:aws:states:::lambda:invoke', services, { FunctionName: 'f' })).toMatchObject({
      error: 'Lambda.Unknown',
    });
  });
});

describe('the calls of tasks', () => {
  async function callOf(resource: string, Arguments: JsonObject, answer: JsonObject = {}) {
    let seen: JsonObject = {};
    const services = new Proxy(
      {},
      {
        get: () => (input: JsonObject) => {
          seen = input;
          return answer;
        },
      },
    );
    const machineResource = await givenExpress(
      { Task: { Type: 'Task', Resource: resource, Arguments, End: true } },
      { services },
    );
    const { output = '', error } = await startSync(machineResource);
    expect(error).toBeUndefined();
    return { what: world.calls[0]?.what, input: seen, output: JSON.parse(output) as unknown };
  }

  test('dynamodb:deleteItem passes its arguments as they are', async () => {
    const Arguments = { TableName: 'cvc', Key: { pk: { S: 'tok_1' } } };
    expect(await callOf('arn:aws:states:::dynamodb:deleteItem', Arguments)).toEqual({
      what: 'dynamodb:DeleteItem',
      input: Arguments,
      output: {},
    });
  });

  test('events:putEvents writes details as text and names the execution', async () => {
    const Entries = [{ Source: 'quittance', DetailType: 'x', Detail: { a: 1 }, Resources: ['arn'] }];
    const { input } = await callOf(
      'arn:aws:states:::events:putEvents',
      { Entries },
      { FailedEntryCount: 0, Entries: [] },
    );
    const executionArn = expect.stringContaining(':express:authorize:pay_1:');
    expect(input).toEqual({
      Entries: [{ Source: 'quittance', DetailType: 'x', Detail: '{"a":1}', Resources: ['arn', executionArn] }],
    });
  });

  test('sqs:sendMessage writes an object as text', async () => {
    const { input } = await callOf('arn:aws:states:::sqs:sendMessage', { QueueUrl: 'url', MessageBody: { a: 1 } });
    expect(input).toEqual({ QueueUrl: 'url', MessageBody: '{"a":1}' });
  });

  test('states:startExecution speaks the camelCase of its API', async () => {
    const answer = { executionArn: 'arn', startDate: 5 };
    const { input, output } = await callOf(
      'arn:aws:states:::states:startExecution',
      { StateMachineArn: 'm', Name: 'n', Input: { a: 1 } },
      answer,
    );
    expect(input).toEqual({ stateMachineArn: 'm', name: 'n', input: '{"a":1}' });
    expect(output).toEqual({ ExecutionArn: 'arn', StartDate: 5 });
  });

  test('aws-sdk:sfn:describeExecution speaks it both ways', async () => {
    const told = await callOf(
      'arn:aws:states:::aws-sdk:sfn:describeExecution',
      { ExecutionArn: 'e' },
      { status: 'RUNNING' },
    );
    expect(told).toEqual({
      what: 'states:DescribeExecution',
      input: { executionArn: 'e' },
      output: { Status: 'RUNNING' },
    });
  });
});
