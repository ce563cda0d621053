import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { machine } from './interpreter-world.ts';
import { FunctionThrew, givenMachine, givenStates, lambdaTask } from './service-world.ts';
import type { ServiceWorld } from './service-world.ts';

let world: ServiceWorld;
afterEach(() => world.close());

const express = { StateMachineType: 'EXPRESS' };

function startSync({ arn }: Resource, input: unknown = {}) {
  return world.client.send(
    new StartSyncExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input), name: 'pay_1' }),
  );
}

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
