import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../local/kernel/service.ts';
import { createStateMachineService } from '../../../local/state-machines/state-machine-service.ts';
import { machine } from './interpreter-world.ts';
import { givenFolder, givenMachine, givenOptions, lambdaTask } from './service-world.ts';

const dataDir = givenFolder();
afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function open(definition: JsonObject | string, properties: JsonObject = {}): void {
  createStateMachineService(givenOptions([givenMachine('odd', definition, properties)], { dataDir }, [], []));
}

const done = { Type: 'Succeed' };
const map = (fields: JsonObject, processor: JsonObject = {}) =>
  machine({
    Map: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'Done', States: { Done: done }, ...processor },
      End: true,
      ...fields,
    },
  });
const taskTo = (Resource: string) => machine({ Task: { Type: 'Task', Resource, End: true } });

test.each<[string, JsonObject | string, RegExp]>([
  ['a machine in JSONPath', { StartAt: 'Done', States: { Done: done } }, /QueryLanguage is not served/u],
  [
    'a machine that names JSONPath',
    { QueryLanguage: 'JSONPath', StartAt: 'Done', States: { Done: done } },
    /QueryLanguage is not served/u,
  ],
  [
    'a state in JSONPath',
    machine({ Done: { ...done, QueryLanguage: 'JSONPath' } }),
    /State "Done": QueryLanguage is not served/u,
  ],
  [
    'a field of JSONPath',
    machine({ Pass: { Type: 'Pass', ResultPath: '$.x', End: true } }),
    /State "Pass".*ResultPath/u,
  ],
  ['a distributed map', map({}, { ProcessorConfig: { Mode: 'DISTRIBUTED' } }), /State "Map".*Mode is not served yet/u],
  ['a map over a file', map({ ItemReader: {} }), /State "Map".*ItemReader/u],
  [
    'a task token where none is taken along',
    taskTo('arn:aws:states:::dynamodb:putItem.waitForTaskToken'),
    /State "Task".*putItem\.waitForTaskToken/u,
  ],
  ['a task that waits for a job', taskTo('arn:aws:states:::states:startExecution.sync:2'), /startExecution\.sync:2/u],
  ['an activity', taskTo('arn:aws:states:eu-central-1:000000000000:activity:x'), /activity:x/u],
  ['a service that is not there', taskTo('arn:aws:states:::aws-sdk:s3:getObject'), /aws-sdk:s3:getObject/u],
  ['a state that is not there', machine({ Pass: { Type: 'Pass', Next: 'Nowhere' } }), /no state "Nowhere"/u],
  [
    'an expression that is none',
    machine({ Pass: { Type: 'Pass', Output: '{% $states. %}', End: true } }),
    /State "Pass".*'Output' holds no JSONata/u,
  ],
  [
    'both ways to wait',
    machine({ Wait: { Type: 'Wait', Seconds: 1, Timestamp: 'x', End: true } }),
    /either Seconds or Timestamp/u,
  ],
  ['a state without an end', machine({ Pass: { Type: 'Pass' } }), /asl-validator/u],
  ['a state that nothing reaches', machine({ Done: done, Alone: { Type: 'Succeed' } }), /asl-validator.*Alone/u],
  [
    'a substitution that is missing',
    JSON.stringify(machine({ Task: lambdaTask('${FunctionArn}') })),
    /\$\{FunctionArn\}.*no substitution/u,
  ],
  ['what is no JSON', '{', /odd cannot be served/u],
])('%s is refused at start, by name', (_, definition, reason) => {
  expect(() => {
    open(definition);
  }).toThrow(reason);
});

test('a definition may come as an object', () => {
  const resource = givenMachine('object', '{}');
  const Definition = machine({ Done: done });
  const { DefinitionString: _, ...properties } = resource.properties;
  const options = givenOptions([{ ...resource, properties: { ...properties, Definition } }], { dataDir }, [], []);
  expect(() => createStateMachineService(options)).not.toThrow();
});

const folder = new URL('../../../statemachines/', import.meta.url);
for (const name of ['authorize-payment', 'resolve-payment']) {
  const url = new URL(`${name}.asl.json`, folder);
  const known = existsSync(url) ? test : test.skip;
  known(`the project's workflow ${name} is served${existsSync(url) ? '' : ' (its file is absent)'}`, () => {
    const text = readFileSync(url, 'utf8');
    const names = [...text.matchAll(/\$\{(\w+)\}/gu)].map(([, found = '']) => found);
    open(text, { DefinitionSubstitutions: Object.fromEntries(names.map((found) => [found, `arn:of:${found}`])) });
  });
}
