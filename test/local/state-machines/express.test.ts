import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { machine, never } from './interpreter-world.ts';
import { FunctionThrew, givenMachine, givenStates, lambdaTask, roleArn, until } from './service-world.ts';
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

describe('StartSyncExecution', () => {
  test('answers the output, the times and what would be billed', async () => {
    const resource = await givenExpress(
      { Double: lambdaTask('double') },
      { functions: { double: (event) => Number(event) * 2 } },
    );
    const answer = await startSync(resource, 21);
    expect(answer).toMatchObject({
      status: 'SUCCEEDED',
      output: '42',
      input: '21',
      name: 'pay_1',
      stateMachineArn: resource.arn,
    });
    expect(answer.executionArn).toMatch(
      /^arn:aws:states:eu-central-1:000000000000:express:authorize:pay_1:[0-9a-f-]{36}$/u,
    );
    expect(answer.startDate).toBeInstanceOf(Date);
    expect(Number(answer.stopDate)).toBeGreaterThanOrEqual(Number(answer.startDate));
    expect(answer.billingDetails).toMatchObject({ billedDurationInMilliseconds: 100, billedMemoryUsedInMB: 64 });
    expect(answer.error).toBeUndefined();
  });

  test('answers a failure as an answer, by the name of what the function threw', async () => {
    const resource = await givenExpress(
      { Task: lambdaTask('task') },
      {
        functions: {
          task: () => {
            throw new FunctionThrew('CardUnreadable', 'no card');
          },
        },
      },
    );
    const answer = await startSync(resource);
    expect(answer).toMatchObject({ status: 'FAILED', error: 'CardUnreadable' });
    expect(JSON.parse(answer.cause ?? '')).toEqual({ errorType: 'CardUnreadable', errorMessage: 'no card', trace: [] });
    expect(answer.output).toBeUndefined();
  });

  test('answers TIMED_OUT when the machine has used up its time', async () => {
    const resource = await givenExpress(
      { Task: lambdaTask('task') },
      { functions: { task: never } },
      { TimeoutSeconds: 15 },
    );
    const answer = startSync(resource);
    await until(() => world.calls.length === 1);
    await world.clock.advance(15_000, () => Promise.resolve());
    expect(await answer).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  test('runs five minutes at most, whatever the definition says', async () => {
    const resource = await givenExpress({ Wait: { Type: 'Wait', Seconds: 4000, End: true } });
    const answer = startSync(resource);
    await until(() => world.service.executions().length === 1);
    await world.advance(301);
    const { status, startDate, stopDate } = await answer;
    expect(status).toBe('TIMED_OUT');
    expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(300_000);
  });

  test('retries by the clock', async () => {
    const resource = await givenExpress(
      { Task: lambdaTask('task', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 30 }] }) },
      { functions: { task: (_, call) => (call === 1 ? Promise.reject(new FunctionThrew('Hiccup', '')) : 'done') } },
    );
    const answer = startSync(resource);
    await until(() => world.calls.length === 1 && world.service.busy?.() === false);
    await world.advance(30);
    expect(await answer).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  test('calls its tasks as the role of the machine', async () => {
    const resource = await givenExpress({ Task: lambdaTask('task') }, { functions: { task: () => null } });
    await startSync(resource);
    expect(world.calls[0]?.caller).toEqual({ kind: 'role', roleArn });
  });

  test('of a STANDARD machine is refused', async () => {
    const resource = givenMachine('resolve', machine({ Done: { Type: 'Succeed' } }));
    world = await givenStates([resource]);
    await expect(startSync(resource)).rejects.toMatchObject({ name: 'StateMachineTypeNotSupported' });
  });

  test.each([
    ['no JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['too much', { input: JSON.stringify('x'.repeat(256 * 1024)) }, 'ValidationException'],
    ['a name with a blank', { name: 'pay 1' }, 'InvalidName'],
    ['a name with a colon', { name: 'pay:1' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'x'.repeat(81) }, 'InvalidName'],
    [
      'a machine that is not there',
      { stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:other' },
      'StateMachineDoesNotExist',
    ],
    ['no ARN', { stateMachineArn: 'authorize' }, 'InvalidArn'],
  ])('refuses %s', async (_, part, name) => {
    const resource = await givenExpress({ Done: { Type: 'Succeed' } });
    const command = new StartSyncExecutionCommand({ stateMachineArn: resource.arn, input: '{}', ...part });
    await expect(world.client.send(command)).rejects.toMatchObject({ name });
  });

  test('needs the right on the machine', async () => {
    const resource = await givenExpress({ Done: { Type: 'Succeed' } });
    await startSync(resource);
    expect(world.endpoint.lastAccess()).toEqual([{ action: 'states:StartSyncExecution', resource: resource.arn }]);
  });
});

describe('an Express execution that nobody waits for', () => {
  test('is started at once, and the same name starts another', async () => {
    const resource = await givenExpress({ Task: lambdaTask('task') }, { functions: { task: () => 'done' } });
    const start = () => world.client.send(new StartExecutionCommand({ stateMachineArn: resource.arn, name: 'same' }));
    const [first, second] = [await start(), await start()];
    expect(first.executionArn).not.toBe(second.executionArn);
    await until(() => world.service.executions({ status: 'SUCCEEDED' }).length === 2);
  });

  test('cannot be described or listed, as on AWS', async () => {
    const resource = await givenExpress({ Done: { Type: 'Succeed' } });
    const { executionArn } = await world.client.send(new StartExecutionCommand({ stateMachineArn: resource.arn }));
    await expect(world.client.send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject({
      name: 'InvalidArn',
    });
    const list = new ListExecutionsCommand({ stateMachineArn: resource.arn });
    await expect(world.client.send(list)).rejects.toMatchObject({ name: 'StateMachineTypeNotSupported' });
  });

  test('keeps the cloud busy while it works and not while it waits', async () => {
    let answer: (value: null) => void = () => undefined;
    const waiting = new Promise<null>((resolve) => (answer = resolve));
    const resource = await givenExpress(
      { Task: lambdaTask('task', { Next: 'Wait' }), Wait: { Type: 'Wait', Seconds: 60, End: true } },
      { functions: { task: () => waiting } },
    );
    await world.client.send(new StartExecutionCommand({ stateMachineArn: resource.arn }));
    expect(world.service.busy?.()).toBe(true);
    answer(null);
    await until(() => world.service.busy?.() === false);
    expect(world.service.executions()[0]?.status).toBe('RUNNING');
    await world.advance(60);
    expect(world.service.executions()[0]?.status).toBe('SUCCEEDED');
    expect(world.service.busy?.()).toBe(false);
  });
});

describe('what is remembered of Express executions', () => {
  test('are the states passed, their times and errors, and no data', async () => {
    const resource = await givenExpress(
      {
        Task: lambdaTask('task', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }], Next: 'After' }),
        After: { Type: 'Pass', Output: { card: 'secret' }, End: true },
      },
      { functions: { task: () => Promise.reject(new FunctionThrew('Unlucky', 'secret')) } },
    );
    const { executionArn = '' } = await startSync(resource, { card: 'secret' });
    const details = world.service.execution(executionArn);
    expect(details).toMatchObject({
      ...{ executionArn, stateMachine: 'authorize', type: 'EXPRESS', name: 'pay_1', status: 'SUCCEEDED' },
      states: [{ state: 'Task', error: 'Unlucky' }, { state: 'After' }],
    });
    expect(details?.states.every(({ exitedAt }) => exitedAt !== undefined)).toBe(true);
    expect(JSON.stringify(details)).not.toContain('secret');
  });

  test('are the last thousand', async () => {
    const resource = await givenExpress({ Done: { Type: 'Succeed' } });
    const call = {
      operation: 'StartSyncExecution',
      input: { stateMachineArn: resource.arn },
      caller: { kind: 'operator' as const },
    };
    for (let count = 0; count < 1005; count += 1) await world.service.handle(call);
    expect(world.service.executions()).toHaveLength(1000);
    expect(world.service.executions({ stateMachine: 'authorize', status: 'FAILED' })).toEqual([]);
  });
});

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

describe('the log of a machine', () => {
  async function logged(
    level: string,
    includeData: boolean,
  ): Promise<readonly { type: string; details: JsonObject }[]> {
    const definition = machine({
      Task: lambdaTask('task', { Catch: [{ ErrorEquals: ['Unlucky'], Next: 'Fail' }], Next: 'Fail' }),
      Fail: { Type: 'Fail', Error: 'Ended', Cause: 'a cause' },
    });
    const LoggingConfiguration = { Level: level, IncludeExecutionData: includeData };
    const resource = givenMachine('logged', definition, { ...express, LoggingConfiguration });
    world = await givenStates([resource], {
      functions: { task: () => Promise.reject(new FunctionThrew('Unlucky', 'secret')) },
    });
    await startSync(resource, { card: 'secret' });
    await world.service.close?.();
    const path = join(world.dataDir, 'logs', 'logged.log');
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as { type: string; details: JsonObject });
  }

  test('at level ALL has every event', async () => {
    expect((await logged('ALL', true)).map(({ type }) => type)).toEqual([
      ...[
        'ExecutionStarted',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskFailed',
        'TaskStateExited',
        'FailStateEntered',
        'ExecutionFailed',
      ],
    ]);
  });

  test('at level ERROR has the errors, at FATAL the end, at OFF nothing', async () => {
    expect((await logged('ERROR', true)).map(({ type }) => type)).toEqual(['TaskFailed', 'ExecutionFailed']);
    await world.close();
    expect((await logged('FATAL', true)).map(({ type }) => type)).toEqual(['ExecutionFailed']);
    await world.close();
    expect(await logged('OFF', true)).toEqual([]);
  });

  test('has no data unless the machine says so', async () => {
    expect(JSON.stringify(await logged('ALL', false))).not.toContain('secret');
    await world.close();
    expect(JSON.stringify(await logged('ALL', true))).toContain('secret');
  });
});

test('DescribeStateMachine answers the definition after its substitutions', async () => {
  const text = JSON.stringify(machine({ Task: lambdaTask('${TaskFunctionArn}') }));
  const resource = givenMachine('substituted', text, {
    DefinitionSubstitutions: { TaskFunctionArn: 'arn:of:function' },
  });
  world = await givenStates([resource]);
  const answer = await world.client.send(new DescribeStateMachineCommand({ stateMachineArn: resource.arn }));
  expect(answer).toMatchObject({ name: 'substituted', type: 'STANDARD', status: 'ACTIVE', roleArn });
  expect(answer.definition).toBe(text.replace('${TaskFunctionArn}', 'arn:of:function'));
});

test('a closed service ends its Express executions and starts no more', async () => {
  const resource = await givenExpress({ Task: lambdaTask('task') }, { functions: { task: never } });
  const answer = startSync(resource).catch((error: unknown) => error);
  await until(() => world.calls.length === 1);
  await world.service.close?.();
  expect(await answer).toMatchObject({ name: 'ServiceUnavailable' });
  expect(world.service.busy?.()).toBe(false);
});
