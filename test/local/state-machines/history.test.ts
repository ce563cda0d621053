import { DescribeExecutionCommand, GetExecutionHistoryCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { machine, never } from './interpreter-world.ts';
import { givenMachine, givenStates, lambdaTask, until } from './service-world.ts';
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

describe('GetExecutionHistory', () => {
  async function historyOf(
    executionArn: string | undefined,
    part: { reverseOrder?: boolean; includeExecutionData?: boolean; maxResults?: number } = {},
  ) {
    const answer = await world.client.send(new GetExecutionHistoryCommand({ executionArn, ...part }));
    return answer.events ?? [];
  }

  test("tells what happened in AWS's words", async () => {
    const resource = await givenStandard(
      {
        Task: lambdaTask('task', { TimeoutSeconds: 5, Assign: { kept: 1 }, Next: 'Wait' }),
        Wait: { Type: 'Wait', Seconds: 1, End: true },
      },
      { functions: { task: () => 'done' } },
    );
    const { executionArn } = await start(resource, 'one', { a: 1 });
    await world.advance(2);
    await ended(executionArn);
    const events = await historyOf(executionArn);
    expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 1, 'TaskStateEntered'],
      [3, 2, 'TaskScheduled'],
      [4, 3, 'TaskStarted'],
      [5, 4, 'TaskSucceeded'],
      [6, 5, 'TaskStateExited'],
      [7, 6, 'WaitStateEntered'],
      [8, 7, 'WaitStateExited'],
      [9, 8, 'ExecutionSucceeded'],
    ]);
    expect(events[1]?.stateEnteredEventDetails).toMatchObject({ name: 'Task', input: '{"a":1}' });
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke',
      timeoutInSeconds: 5,
    });
    expect(events[5]?.stateExitedEventDetails).toMatchObject({ output: '"done"', assignedVariables: { kept: '1' } });
    expect(events[8]?.executionSucceededEventDetails).toMatchObject({ output: '"done"' });
    expect((await historyOf(executionArn, { reverseOrder: true, maxResults: 1 }))[0]?.type).toBe('ExecutionSucceeded');
    expect(JSON.stringify(await historyOf(executionArn, { includeExecutionData: false }))).not.toContain('done');
  });

  test('shows what a running execution is doing just now', async () => {
    const resource = await givenStandard({ Task: lambdaTask('task') }, { functions: { task: never } });
    const { executionArn } = await start(resource, 'one');
    await until(async () => (await historyOf(executionArn)).at(-1)?.type === 'TaskStarted');
  });

  test('numbers the events of branches by their branch', async () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const resource = await givenStandard({
      Both: { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true },
    });
    const { executionArn } = await start(resource, 'one');
    await ended(executionArn);
    const events = await historyOf(executionArn);
    const entered = events.filter(({ stateEnteredEventDetails }) =>
      /^[AB]$/u.test(stateEnteredEventDetails?.name ?? ''),
    );
    expect(entered.map(({ previousEventId }) => events[(previousEventId ?? 0) - 1]?.type)).toEqual([
      'ParallelStateStarted',
      'ParallelStateStarted',
    ]);
    expect(events.map(({ type }) => type)).toContain('ParallelStateSucceeded');
  });
});
