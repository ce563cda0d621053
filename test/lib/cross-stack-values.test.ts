import { beforeAll, describe, expect, test } from '@jest/globals';
import { givenAssembly } from './assembly.ts';
import type { Template } from './assembly.ts';
import { synthesizeStage } from './synthesize-stage.ts';

/** What a data stack exports and a platform stack imports. CloudFormation refuses to remove an export that is in use. */
const exportsOf = ({ Outputs: outputs }: Template) =>
  Object.values(outputs).flatMap(({ Export: exported }) => exported?.Name ?? []);
/** Of the data stack: what works imports from one another too, and is deployed together. */
const importsOf = (template: Template) =>
  Array.from(JSON.stringify(template).matchAll(/"Fn::ImportValue":"(Data:[^"]+)"/gu), ([, name = '']) => name);
const without = (names: readonly string[], others: readonly string[]) => names.filter((name) => !others.includes(name));

const current = {
  envelopeKeys: [{ kid: '2026-12' }],
  fingerprintKeys: [{ version: 2 }],
  machineClients: { platform: ['tokens/*', 'payments/*'] },
};
const withOld = {
  envelopeKeys: [...current.envelopeKeys, { kid: '2026-11', retiredAt: '2026-12-01T00:00:00Z' }],
  fingerprintKeys: [...current.fingerprintKeys, { version: 1 }],
  machineClients: { ...current.machineClients, operations: ['operations/*'] },
};
const oldValues = [/KeysEnvelopeKey202611/u, /KeysFingerprintKey1/u, /AccessUserPooloperationsclient/u];

let before: ReturnType<typeof synthesizeStage>;
let after: ReturnType<typeof synthesizeStage>;
beforeAll(async () => {
  await givenAssembly('local');
  before = synthesizeStage(withOld);
  after = synthesizeStage(current);
});

/** docs/runbook.md, "Removing what both stacks know". */
describe('to remove an envelope key, a fingerprint key or a machine client', () => {
  test('takes an export away that the deployed platform stack imports: the data stack cannot go first', () => {
    const lost = without(exportsOf(before.data), exportsOf(after.data));
    expect(lost.toSorted()).toEqual(oldValues.map((pattern): unknown => expect.stringMatching(pattern)));
    expect(importsOf(before.platform)).toEqual(expect.arrayContaining(lost));
  });

  test('the platform stack can go first: the deployed data stack exports all that it imports', () => {
    expect(without(importsOf(after.platform), exportsOf(before.data))).toEqual([]);
  });

  test('and the data stack after it: nothing is imported any more that it takes away', () => {
    expect(without(importsOf(after.platform), exportsOf(after.data))).toEqual([]);
  });
});

test('to add one, the data stack goes first: the platform stack would import what nobody exports yet', () => {
  const missing = new Set(without(importsOf(before.platform), exportsOf(after.data)));
  expect([...missing].toSorted()).toEqual(oldValues.map((pattern): unknown => expect.stringMatching(pattern)));
  expect(without(importsOf(after.platform), exportsOf(before.data))).toEqual([]);
});
