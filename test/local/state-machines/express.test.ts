import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
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

  test('retries by the machine’s time too, for the clock may be held still until its caller has an answer', async () => {
    const resource = await givenExpress(
      { Task: lambdaTask('task', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }] }) },
      { functions: { task: (_, call) => (call === 1 ? Promise.reject(new FunctionThrew('Hiccup', '')) : 'done') } },
    );
    const answer = startSync(resource);
    await until(() => world.calls.length === 1);
    await world.clock.advance(60_000, async () => {
      await answer;
    });
    expect(await answer).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  test('waits by the machine’s time where a Standard run waits by the clock alone', async () => {
    const waits = machine({ Wait: { Type: 'Wait', Seconds: 1, End: true } });
    const [standard, resource] = [givenMachine('resolve', waits), givenMachine('authorize', waits, express)];
    world = await givenStates([standard, resource]);
    const statuses: unknown[] = [];
    await world.clock.advance(0, async () => {
      await world.client.send(new StartExecutionCommand({ stateMachineArn: standard.arn, name: 'one', input: '{}' }));
      statuses.push((await startSync(resource)).status);
      statuses.push(world.service.executions({ stateMachine: 'resolve' })[0]?.status);
    });
    expect(statuses).toEqual(['SUCCEEDED', 'RUNNING']);
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
