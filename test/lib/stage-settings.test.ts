import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { DataStack } from '../../lib/data-stack.ts';
import { projectPath } from '../../lib/house/root.ts';
import { applyHouseRules } from '../../lib/house/rules.ts';
import { readStage } from '../../lib/stage.ts';
import type { Template } from './assembly.ts';
import { resourcesOfType, withoutHash } from './assembly.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-stage-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The data stack of stage local with other settings, synthesized under the house's rules. */
function givenDataStack(settings: object) {
  const { context } = JSON.parse(readFileSync(projectPath('cdk.json'), 'utf8')) as {
    context: { stages: Record<string, object> };
  };
  const stages = { local: { ...context.stages['local'], ...settings } };
  const app = new App({ context: { ...context, stages }, analyticsReporting: false, outdir: folder });
  const stack = new DataStack(app, 'Data', { stage: readStage(app.node), env: { region: 'eu-central-1' } });
  applyHouseRules(app);
  app.synth();
  const template = JSON.parse(readFileSync(join(folder, 'Data.template.json'), 'utf8')) as Template;
  return { stack, template };
}

describe('an address for alarms', () => {
  test('is told of every alarm, by a topic that CloudWatch may publish to over TLS alone', () => {
    const { template } = givenDataStack({ alarmEmail: 'oncall@example.org' });
    const alarms = resourcesOfType(template, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(0);
    for (const [, { Properties: properties }] of alarms) expect(properties['AlarmActions']).toHaveLength(1);
    const [[, policy] = ['', undefined]] = resourcesOfType(template, 'AWS::SNS::TopicPolicy');
    expect(policy?.Properties['PolicyDocument']).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]) as unknown,
    });
  });

  test('is optional in a stage for trying out: without it there is no topic', () => {
    const { template } = givenDataStack({});
    expect(resourcesOfType(template, 'AWS::SNS::Topic')).toEqual([]);
  });
});

describe('a rotation', () => {
  test('of the envelope key keeps the old one, after the new one and with its retirement', () => {
    const retiredAt = '2026-12-01T00:00:00Z';
    const { stack, template } = givenDataStack({ envelopeKeys: [{ kid: '2026-12' }, { kid: '2026-11', retiredAt }] });
    const keys = resourcesOfType(template, 'AWS::KMS::Key').map(([id]) => withoutHash(id));
    expect(keys).toEqual(expect.arrayContaining(['KeysEnvelopeKey202612', 'KeysEnvelopeKey202611']));
    expect(stack.keys.envelopeKeys.map(({ kid, retiredAt: at }) => [kid, at])).toEqual([
      ['2026-12', undefined],
      ['2026-11', retiredAt],
    ]);
  });

  test('of the fingerprint key keeps the old version after the new one', () => {
    const { stack } = givenDataStack({ fingerprintKeys: [{ version: 2 }, { version: 1 }] });
    expect(stack.keys.fingerprintKeys.map(({ version }) => version)).toEqual([2, 1]);
  });

  test('leaves the present keys as they are in the template, or the cards sealed under them were lost', () => {
    const idsOf = (settings: object) =>
      resourcesOfType(givenDataStack(settings).template, 'AWS::KMS::Key').map(([id]) => id);
    const before = idsOf({});
    const rotated = {
      envelopeKeys: [{ kid: '2026-12' }, { kid: '2026-11', retiredAt: '2026-12-01T00:00:00Z' }],
      fingerprintKeys: [{ version: 2 }, { version: 1 }],
    };
    expect(idsOf(rotated)).toEqual(expect.arrayContaining(before));
  });
});
