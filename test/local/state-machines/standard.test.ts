import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { machine } from './interpreter-world.ts';
import { FunctionThrew, givenMachine, givenStates, lambdaTask, until } from './service-world.ts';
import type { ServiceWorld, ServiceWorldOptions } from './service-world.ts';

let world: ServiceWorld;
afterEach(() => world.close());

async function givenStandard(
  states: Readonly<Record<string, JsonObject>>,
  options: ServiceWorldOptions = {},
  rest: JsonObject = {},
) {
  const resource = givenMachine('resolve', machine(states, rest));
  world = await givenStates([resource], options);
  return resource;
}

function start({ arn }: Resource, name: string, input: unknown = {}) {
  return world.client.send(new StartExecutionCommand({ stateMachineArn: arn, name, input: JSON.stringify(input) }));
}

function describeExecution(executionArn: string | undefined) {
  return world.client.send(new DescribeExecutionCommand({ executionArn }));
}

async function ended(executionArn: string | undefined) {
  await until(async () => (await describeExecution(executionArn)).status !== 'RUNNING');
  return describeExecution(executionArn);
}

const waits = { Wait: { Type: 'Wait', Seconds: 3600, End: true } };

describe('a Standard execution', () => {
  test('is described by its ARN while it runs and after', async () => {
    const resource = await givenStandard({
      Wait: { Type: 'Wait', Seconds: 60, Next: 'Done' },
      Done: { Type: 'Succeed', Output: '{% $states.input.a %}' },
    });
    const { executionArn, startDate } = await start(resource, 'pay_1-1', { a: 5 });
    expect(executionArn).toBe('arn:aws:states:eu-central-1:000000000000:execution:resolve:pay_1-1');
    expect(startDate).toBeInstanceOf(Date);
    const running = await describeExecution(executionArn);
    expect(running).toMatchObject({
      status: 'RUNNING',
      name: 'pay_1-1',
      stateMachineArn: resource.arn,
      input: '{"a":5}',
    });
    expect(running.stopDate).toBeUndefined();
    expect(world.endpoint.lastAccess()).toEqual([{ action: 'states:DescribeExecution', resource: executionArn }]);
    await world.advance(60);
    const done = await ended(executionArn);
    expect(done).toMatchObject({ status: 'SUCCEEDED', output: '5' });
    expect(Number(done.stopDate) - Number(done.startDate)).toBeGreaterThanOrEqual(60_000);
  });

  test('that fails keeps error and cause', async () => {
    const resource = await givenStandard({ Fail: { Type: 'Fail', Error: 'OutcomeUnknown', Cause: 'why' } });
    const { executionArn } = await start(resource, 'one');
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'OutcomeUnknown', cause: 'why' });
  });

  test('is timed out by the time of its machine, waits and all', async () => {
    const resource = await givenStandard(waits, {}, { TimeoutSeconds: 540 });
    const { executionArn } = await start(resource, 'one');
    await world.advance(541);
    expect(await ended(executionArn)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  test('waits out its retries on the clock', async () => {
    const resource = await givenStandard(
      { Task: lambdaTask('task', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 600, BackoffRate: 2 }] }) },
      { functions: { task: (_, call) => (call < 3 ? Promise.reject(new FunctionThrew('Hiccup', '')) : call) } },
    );
    const { executionArn } = await start(resource, 'one');
    await world.advance(600);
    expect(world.calls).toHaveLength(2);
    await world.advance(1200);
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '3' });
  });

  test('many at once each come to their own end', async () => {
    const resource = await givenStandard(
      { Task: lambdaTask('task', { Next: 'Wait' }), Wait: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } },
      { functions: { task: (event) => event } },
    );
    await Promise.all(Array.from({ length: 100 }, (_, index) => start(resource, `run-${index}`, index)));
    await world.advance(100);
    const outputs = world.service.executions({ status: 'SUCCEEDED' });
    expect(outputs).toHaveLength(100);
  });
});

describe("an execution's name", () => {
  test('with the same input answers the execution that runs already', async () => {
    const resource = await givenStandard(waits);
    const first = await start(resource, 'same', { a: 1 });
    const second = await start(resource, 'same', { a: 1 });
    expect(second).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
    expect(world.service.executions()).toHaveLength(1);
  });

  test('with another input is refused', async () => {
    const resource = await givenStandard(waits);
    await start(resource, 'same', { a: 1 });
    await expect(start(resource, 'same', { a: 2 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('is refused after its execution has ended, for 90 days, and then free', async () => {
    const resource = await givenStandard({ Done: { Type: 'Succeed' } });
    const { executionArn } = await start(resource, 'same');
    await ended(executionArn);
    await expect(start(resource, 'same')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await world.advance(89 * 24 * 3600);
    await expect(start(resource, 'same')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await world.advance(2 * 24 * 3600);
    expect((await start(resource, 'same')).executionArn).toBe(executionArn);
  });

  test('at once from many callers starts one execution', async () => {
    const resource = await givenStandard(waits);
    const answers = await Promise.all(Array.from({ length: 10 }, () => start(resource, 'same')));
    expect(new Set(answers.map(({ executionArn }) => executionArn)).size).toBe(1);
    expect(world.service.executions()).toHaveLength(1);
  });

  test('is found by no other machine', async () => {
    const [one, other] = [givenMachine('one', machine(waits)), givenMachine('other', machine(waits))];
    world = await givenStates([one, other]);
    const answers = [await start(one, 'same', 1), await start(other, 'same', 2)];
    expect(new Set(answers.map(({ executionArn }) => executionArn)).size).toBe(2);
  });
});

describe('StopExecution', () => {
  test('ends a waiting execution for good', async () => {
    const resource = await givenStandard(waits);
    const { executionArn } = await start(resource, 'one');
    const stopped = await world.client.send(
      new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'told to' }),
    );
    expect(stopped.stopDate).toBeInstanceOf(Date);
    expect(await describeExecution(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Enough',
      cause: 'told to',
    });
    await world.advance(3600);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED' });
    const again = await world.client.send(new StopExecutionCommand({ executionArn }));
    expect(again.stopDate).toEqual(stopped.stopDate);
  });

  test('of one at work: what its task answers later changes nothing', async () => {
    let answer: (value: string) => void = () => undefined;
    const later = new Promise<string>((resolve) => (answer = resolve));
    const resource = await givenStandard(
      { Task: lambdaTask('task', { Next: 'After' }), After: lambdaTask('after') },
      { functions: { task: () => later } },
    );
    const { executionArn } = await start(resource, 'one');
    await until(() => world.calls.length === 1);
    await world.client.send(new StopExecutionCommand({ executionArn }));
    answer('late');
    await until(() => world.service.busy?.() === false);
    expect(world.calls).toHaveLength(1);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED' });
  });
});

describe('what is not there', () => {
  const arn = 'arn:aws:states:eu-central-1:000000000000:execution:resolve:nobody';

  test.each([
    ['DescribeExecution', new DescribeExecutionCommand({ executionArn: arn }), 'ExecutionDoesNotExist'],
    ['StopExecution', new StopExecutionCommand({ executionArn: arn }), 'ExecutionDoesNotExist'],
    ['GetExecutionHistory', new GetExecutionHistoryCommand({ executionArn: arn }), 'ExecutionDoesNotExist'],
    ['DescribeExecution of no ARN', new DescribeExecutionCommand({ executionArn: 'nobody' }), 'InvalidArn'],
  ])('%s says so by name', async (_, command, name) => {
    await givenStandard(waits);
    await expect(world.client.send(command as DescribeExecutionCommand)).rejects.toMatchObject({ name });
  });

  test('an operation that is not served is refused by name', async () => {
    await givenStandard(waits);
    const call = { operation: 'RedriveExecution', input: {}, caller: { kind: 'operator' as const } };
    await expect(world.service.handle(call)).rejects.toMatchObject({ code: 'UnknownOperationException' });
  });
});

describe('ListExecutions', () => {
  test('lists the newest first, by status, page by page', async () => {
    const resource = await givenStandard({
      'Wait?': { Type: 'Choice', Choices: [{ Condition: '{% $states.input %}', Next: 'Wait' }], Default: 'Done' },
      ...waits,
      Done: { Type: 'Succeed' },
    });
    for (const [index, waiting] of [true, false, true, false, true].entries()) {
      await start(resource, `run-${index}`, waiting);
      await world.advance(1);
    }
    const list = async (part: { statusFilter?: 'RUNNING'; maxResults?: number; nextToken?: string }) => {
      const answer = await world.client.send(new ListExecutionsCommand({ stateMachineArn: resource.arn, ...part }));
      return { names: answer.executions?.map(({ name }) => name), nextToken: answer.nextToken };
    };
    expect((await list({})).names).toEqual(['run-4', 'run-3', 'run-2', 'run-1', 'run-0']);
    expect((await list({ statusFilter: 'RUNNING' })).names).toEqual(['run-4', 'run-2', 'run-0']);
    const first = await list({ maxResults: 2 });
    const second = await list({ maxResults: 2, nextToken: first.nextToken ?? '' });
    const third = await list({ maxResults: 2, nextToken: second.nextToken ?? '' });
    expect([first.names, second.names, third.names]).toEqual([['run-4', 'run-3'], ['run-2', 'run-1'], ['run-0']]);
    expect(third.nextToken).toBeUndefined();
    await expect(list({ nextToken: 'made up' })).rejects.toMatchObject({ name: 'InvalidToken' });
  });
});

test('executions are listed for the operator with the states that they passed', async () => {
  const resource = await givenStandard({ Start: { Type: 'Pass', Next: 'Wait' }, ...waits });
  const { executionArn = '' } = await start(resource, 'one', { secret: 1 });
  await until(() => world.service.busy?.() === false);
  expect(world.service.executions({ stateMachine: 'resolve', status: 'RUNNING' })).toMatchObject([
    { executionArn, stateMachine: 'resolve', type: 'STANDARD', name: 'one', status: 'RUNNING' },
  ]);
  expect(world.service.execution(executionArn)?.states.map(({ state }) => state)).toEqual(['Start', 'Wait']);
  expect(JSON.stringify(world.service.execution(executionArn))).not.toContain('secret');
  expect(world.service.execution('nobody')).toBeUndefined();
});
