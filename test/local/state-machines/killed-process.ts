import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { createStateMachineService } from '../../../local/state-machines/state-machine-service.ts';
import { FunctionThrew, givenOptions } from './service-world.ts';
import type { TestFunction } from './service-world.ts';

/**
 * A process of its own that runs Standard executions until it is killed. It is told by its arguments: the data folder,
 * the machine, and the executions to start. It says `started <name>` once a start is acknowledged, and `idle` when
 * nothing goes on without further time. Its functions write each call to `calls.log` before they do anything.
 */
const [, , dataDir = '', resourceText = '', startsText = '[]'] = process.argv;
const resource = JSON.parse(resourceText) as Resource;
const starts = JSON.parse(startsText) as readonly { readonly name: string; readonly input: unknown }[];

function logged(name: string, act: TestFunction): TestFunction {
  return (event, call) => {
    appendFileSync(join(dataDir, 'calls.log'), `${name} ${JSON.stringify(event)}\n`);
    return act(event, call);
  };
}

const functions: Record<string, TestFunction> = {
  step: logged('step', (event) => event),
  add: logged('add', async (event) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return Number(event) + 1;
  }),
  hang: logged('hang', () => new Promise(() => undefined)),
  fail: logged('fail', () => Promise.reject(new FunctionThrew('Hiccup', ''))),
};

const options = givenOptions([resource], { functions, dataDir, durable: true }, [], []);
const service = createStateMachineService(options);
service.start();
for (const { name, input } of starts) {
  const call: JsonObject = { stateMachineArn: resource.arn, name, input: JSON.stringify(input) };
  await service.handle({ operation: 'StartExecution', input: call, caller: { kind: 'operator' } });
  process.stdout.write(`started ${name}\n`);
}
setInterval(() => {
  if (service.busy?.() === false) process.stdout.write('idle\n');
}, 5);
