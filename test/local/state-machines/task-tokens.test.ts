import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import type { Json, JsonObject } from '../../../local/kernel/service.ts';
import { machine } from './interpreter-world.ts';
import { FunctionThrew, givenFolder, givenMachine, givenStates, lambdaTask, until } from './service-world.ts';
import type { ServiceWorld, ServiceWorldOptions } from './service-world.ts';

let world: ServiceWorld;
afterEach(() => world.close());

const asking = (rest: JsonObject = {}) => ({
  Ask: {
    ...lambdaTask('ask', { Output: '{% $states.result %}', ...rest }),
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
  },
});

async function givenWaiting(rest: JsonObject = {}, options: ServiceWorldOptions = {}) {
  const resource = givenMachine('review', machine(asking(rest)));
  world = await givenStates([resource], { functions: { ask: () => 'asked' }, ...options });
  const start = new StartExecutionCommand({ stateMachineArn: resource.arn, name: 'one', input: '{}' });
  const { executionArn } = await world.client.send(start);
  await until(() => world.service.busy?.() === false);
  return { resource, executionArn };
}

/** The tokens that the function was called with, in order. */
function tokens(): readonly string[] {
  const tokenOf = (payload: Json | undefined) => (JSON.parse(payload as string) as { token: string }).token;
  return world.calls.map(({ input }) => tokenOf(input['Payload']));
}

async function ended(executionArn: string | undefined) {
  const ask = () => world.client.send(new DescribeExecutionCommand({ executionArn }));
  await until(async () => (await ask()).status !== 'RUNNING');
  return ask();
}

const succeed = (taskToken: string | undefined, output: Json) =>
  world.client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
const gone = { name: 'TaskTimedOut', message: expect.stringContaining('Provided task does not exist anymore') };

describe('a task that waits for its token', () => {
  test('is answered by whoever has the token, once', async () => {
    const { executionArn, resource } = await givenWaiting();
    const [token] = tokens();
    await world.advance(3600);
    const answers = await Promise.allSettled([succeed(token, 'approve'), succeed(token, 'decline')]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(world.endpoint.lastAccess()).toEqual([{ action: 'states:SendTaskSuccess', resource: resource.arn }]);
    const winner = answers[0].status === 'fulfilled' ? '"approve"' : '"decline"';
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: winner });
    await expect(succeed(token, 'again')).rejects.toMatchObject(gone);
    expect(world.calls).toHaveLength(1);
  });

  test('tells its history so', async () => {
    const { executionArn } = await givenWaiting({ HeartbeatSeconds: 60, TimeoutSeconds: 600 });
    await succeed(tokens()[0], {});
    await ended(executionArn);
    const { events } = await world.client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.map(({ type }) => type)).toEqual([
      ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded'],
      ...['TaskStateExited', 'ExecutionSucceeded'],
    ]);
    expect(events?.[2]?.taskScheduledEventDetails).toMatchObject({
      ...{ resource: 'invoke.waitForTaskToken', heartbeatInSeconds: 60, timeoutInSeconds: 600 },
    });
  });

  test('fails with the error that was given, and can be caught', async () => {
    const { executionArn } = await givenWaiting();
    await world.client.send(new SendTaskFailureCommand({ taskToken: tokens()[0], error: 'Refused', cause: 'why' }));
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'why' });
  });

  test('is over when its time is, and nobody can answer any more', async () => {
    const { executionArn } = await givenWaiting({ TimeoutSeconds: 86_400 });
    await world.advance(86_399);
    await world.client.send(new SendTaskHeartbeatCommand({ taskToken: tokens()[0] }));
    await world.advance(1);
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    await expect(succeed(tokens()[0], 'late')).rejects.toMatchObject(gone);
    await expect(world.client.send(new SendTaskHeartbeatCommand({ taskToken: tokens()[0] }))).rejects.toMatchObject(
      gone,
    );
  });

  test('lives from heartbeat to heartbeat', async () => {
    const { executionArn } = await givenWaiting({ HeartbeatSeconds: 60 });
    for (let beat = 0; beat < 3; beat += 1) {
      await world.advance(50);
      await world.client.send(new SendTaskHeartbeatCommand({ taskToken: tokens()[0] }));
    }
    await world.advance(61);
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
  });

  test('is called anew with another token when it is tried again', async () => {
    const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 10, MaxAttempts: 1 }];
    const { executionArn } = await givenWaiting({ TimeoutSeconds: 60, Retry });
    await world.advance(70);
    expect(new Set(tokens()).size).toBe(2);
    await expect(succeed(tokens()[0], 'late')).rejects.toMatchObject(gone);
    await succeed(tokens()[1], 'in time');
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"in time"' });
  });

  test('does not wait when it could not be called', async () => {
    const refuse = () => Promise.reject(new FunctionThrew('Broken', 'it is'));
    const { executionArn } = await givenWaiting({}, { functions: { ask: refuse } });
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Broken' });
    await expect(succeed(tokens()[0], 'late')).rejects.toMatchObject(gone);
  });

  test('may be answered before its call has returned', async () => {
    const ask = async (event: Json) => {
      await succeed((event as { token: string }).token, 'at once');
      return 'asked';
    };
    const { executionArn } = await givenWaiting({}, { functions: { ask } });
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"at once"' });
  });

  test('is nobody’s when its execution was stopped', async () => {
    const { executionArn } = await givenWaiting();
    await world.client.send(new StopExecutionCommand({ executionArn }));
    await expect(succeed(tokens()[0], 'late')).rejects.toMatchObject(gone);
  });

  test('goes on waiting over a restart: it is not called again, and its time goes on', async () => {
    const dataDir = givenFolder();
    const { resource, executionArn } = await givenWaiting({ TimeoutSeconds: 600 }, { dataDir, durable: true });
    const [token] = tokens();
    await world.advance(500);
    await world.close();
    world = await givenStates([resource], { dataDir, durable: true });
    await world.client.send(new SendTaskHeartbeatCommand({ taskToken: token }));
    await world.advance(101);
    expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(world.calls).toEqual([]);
    await world.close();
    rmSync(dataDir, { recursive: true });
  });

  test('takes up an answer over a restart', async () => {
    const dataDir = givenFolder();
    const { resource, executionArn } = await givenWaiting({}, { dataDir, durable: true });
    const [token] = tokens();
    await world.close();
    world = await givenStates([resource], { dataDir, durable: true });
    await succeed(token, 'later');
    expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"later"' });
    await world.close();
    rmSync(dataDir, { recursive: true });
  });
});

describe('what is refused', () => {
  test('a token that is none, and an output that is no JSON', async () => {
    await givenWaiting();
    await expect(succeed('none', {})).rejects.toMatchObject({ name: 'InvalidToken' });
    const output = new SendTaskSuccessCommand({ taskToken: tokens()[0], output: '{' });
    await expect(world.client.send(output)).rejects.toMatchObject({ name: 'InvalidOutput' });
  });

  test('to wait for a token of a service that hands none on', async () => {
    const states = { Put: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem.waitForTaskToken', End: true } };
    await expect(givenStates([givenMachine('review', machine(states))])).rejects.toThrow('serves no tasks');
    await givenWaiting();
  });

  test('to wait in an Express workflow', async () => {
    const express = givenMachine('express', machine(asking()), { StateMachineType: 'EXPRESS' });
    world = await givenStates([express], { functions: { ask: () => 'asked' } });
    const start = new StartSyncExecutionCommand({ stateMachineArn: express.arn, input: '{}' });
    expect(await world.client.send(start)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});
