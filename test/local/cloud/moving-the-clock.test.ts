import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { until } from '../state-machines/service-world.ts';
import { synthesizeTill } from './clock-world.ts';
import { ask, givenCloud } from './cloud-world.ts';
import type { World } from './cloud-world.ts';

const minute = 60_000;

let assemblyDirectory: string;
beforeAll(() => {
  assemblyDirectory = synthesizeTill();
});

let world: World;
afterEach(() => world.close());

test('a payment that waits for its next attempt gets it while the clock is moved', async () => {
  world = await givenCloud({ assemblyDirectory });
  const { cloud } = world;
  const payment = ask(cloud, 'POST', '/pay');
  await until(async () => JSON.stringify(await ask(cloud, 'GET', '/_local/executions')).includes('RUNNING'));
  await cloud.advance(minute);
  expect(await payment).toEqual({ status: 200, body: { status: 'SUCCEEDED' } });
});

test('clients that send without a pause do not keep the clock from moving, and are answered when it has moved', async () => {
  world = await givenCloud({ assemblyDirectory });
  const { cloud } = world;
  const startedAt = cloud.clock.now();
  const due: number[] = [];
  for (let count = 1; count <= 9; count += 1) {
    cloud.clock.at(startedAt + count * minute, () => due.push(cloud.clock.now() - startedAt));
  }
  const state = { moving: true };
  const statuses: number[] = [];
  const clients = Array.from({ length: 4 }, async () => {
    while (state.moving) statuses.push((await ask(cloud, 'GET', '/look')).status);
  });
  await until(() => statuses.length > 4);
  expect(await ask(cloud, 'POST', '/_local/clock', { advance: 'PT10M' })).toMatchObject({ status: 200 });
  const untilMoved = statuses.length;
  await until(() => statuses.length > untilMoved + 4);
  state.moving = false;
  await Promise.all(clients);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(due).toEqual(Array.from({ length: 9 }, (_, index) => (index + 1) * minute));
});
