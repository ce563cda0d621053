import type { RestartableWorld } from './restartable-world.ts';
import type { World } from './world.ts';
import { oneOf } from './world.ts';

/** What each service of the embedded cloud can meet while callers are at work. */
const cloudFaults: readonly (readonly [service: string, operation: string, kinds: readonly string[]])[] = [
  ['dynamodb', '*', ['error_before', 'error_after', 'throttle', 'delay', 'conflict']],
  ['dynamodb', 'deliver', ['duplicate', 'reorder', 'drop']],
  ['kms', '*', ['error_before', 'error_after', 'throttle', 'delay']],
  ['states', '*', ['error_before', 'error_after', 'throttle', 'delay']],
  ['lambda', '*', ['error_before', 'error_after', 'throttle', 'delay']],
  ['events', '*', ['error_before', 'error_after', 'throttle']],
  ['events', 'deliver', ['duplicate', 'drop']],
  ['sqs', '*', ['error_before', 'error_after', 'throttle']],
];
const acquirerOperations = ['authorize', 'lookUp', 'cancel', 'capture', 'refund', 'lookUpMovement', 'notify'];
const acquirerKinds = ['drop_before', 'drop_after', 'error'];
const advances = ['PT1M', 'PT2M', 'PT5M', 'PT20M'];
const largestSeed = 2 ** 31;

/** Something goes wrong, or the weather clears. */
export async function befall(world: RestartableWorld): Promise<void> {
  const drawn = world.random();
  if (drawn < 0.5) await fault(world);
  else if (drawn < 0.7) await clearFaults(world);
  else if (drawn < 0.85) await advance(world);
  else await kill(world);
}

/** A part of the cloud, or the acquirer, goes wrong for a share of what it is asked. */
export async function fault(world: World): Promise<void> {
  await (world.random() < 0.6 ? cloudFault(world) : acquirerFault(world));
}

/** What is in force ends at the clouds and at the acquirer. */
export async function clearFaults(world: World): Promise<void> {
  const { baseUrl, outputs } = world.instance();
  await fetch(`${baseUrl}/_local/faults`, { method: 'DELETE' });
  await fetch(`${outputs.acquirerUrl}/faults`, { method: 'DELETE' });
}

async function cloudFault(world: World): Promise<void> {
  const [service, operation, kinds] = oneOf(world, cloudFaults);
  const kind = oneOf(world, kinds);
  const delay = kind === 'delay' ? { delayMilliseconds: 100 + Math.floor(world.random() * 400) } : {};
  const rate = 0.02 + world.random() * 0.2;
  await post(`${world.instance().baseUrl}/_local/faults`, {
    service,
    operation,
    kind,
    rate,
    seed: seed(world),
    ...delay,
  });
  world.count(`fault: ${service} ${kind}`);
}

async function acquirerFault(world: World): Promise<void> {
  const [operation, kind] = [oneOf(world, acquirerOperations), oneOf(world, acquirerKinds)];
  const rate = 0.05 + world.random() * 0.3;
  await post(`${world.instance().outputs.acquirerUrl}/faults`, { operation, kind, rate, seed: seed(world) });
  world.count(`fault: acquirer ${operation} ${kind}`);
}

async function advance(world: World): Promise<void> {
  const duration = oneOf(world, advances);
  await world.instance().advance(duration);
  world.count(`clock: ${duration}`);
}

async function kill(world: RestartableWorld): Promise<void> {
  await world.killAndRestart();
  world.count('kill -9');
}

const seed = ({ random }: World) => Math.floor(random() * largestSeed);

async function post(url: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
