import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { projectPath } from '../../lib/house/root.ts';
import { readStage, scopesOf } from '../../lib/stage.ts';

const { context } = JSON.parse(readFileSync(projectPath('cdk.json'), 'utf8')) as {
  context: { stages: Record<string, object> };
};

function givenNode(stage: unknown, settings: object = {}) {
  const stages = { ...context.stages, local: { ...context.stages['local'], ...settings } };
  return new App({ context: { stages, ...(stage !== undefined && { stage }) } }).node;
}

describe('a stage', () => {
  test('is local unless the context names another', () => {
    expect(readStage(givenNode(undefined)).name).toBe('local');
    expect(readStage(givenNode('prod')).name).toBe('prod');
  });

  test.each(Object.keys(context.stages))('of cdk.json is valid: %s', (name) => {
    expect(readStage(givenNode(name))).toMatchObject({ name });
  });

  test('that is not there is refused with the names of those that are', () => {
    expect(() => readStage(givenNode('staging'))).toThrow(
      'There is no stage "staging": choose -c stage=<one of local, dev, prod>',
    );
  });

  test('is not looked for without the context of cdk.json', () => {
    expect(() => readStage(new App().node)).toThrow('The context has no "stages"');
  });

  test.each([
    ['an unknown setting', { sellerz: [] }, 'sellerz'],
    ['a currency that is none', { sellers: [{ id: 'sel_demo', currencies: ['EUX'] }] }, 'is not an ISO 4217 currency'],
    ['a scope that is none', { machineClients: { platform: ['tokens/read'] } }, 'names no scope of contracts/route.ts'],
    [
      'a current key that is retired',
      { envelopeKeys: [{ kid: 'a', retiredAt: '2026-11-22T00:00:00Z' }] },
      'has no retiredAt',
    ],
    ['a second key that is not retired', { envelopeKeys: [{ kid: 'a' }, { kid: 'b' }] }, 'has its retiredAt'],
    [
      'a kid twice',
      { envelopeKeys: [{ kid: 'a' }, { kid: 'a', retiredAt: '2026-11-22T00:00:00Z' }] },
      'Every kid is there once',
    ],
    ['a version twice', { fingerprintKeys: [{ version: 1 }, { version: 1 }] }, 'Every version is there once'],
    ['a gift card key twice', { giftCardCodeKeys: [{ version: 1 }, { version: 1 }] }, 'Every version is there once'],
    [
      'a usual validity below the least',
      {
        giftCards: {
          leastMajorUnits: 1,
          mostMajorUnits: 2,
          leastValidDays: 365,
          usualValidDays: 30,
          mostValidDays: 730,
          guessesPerHour: 1,
        },
      },
      'The usual validity is between',
    ],
    ['a limit of nothing', { tokenizingLimitPerHour: 0 }, 'tokenizingLimitPerHour'],
    ['a retention that CloudWatch does not know', { logRetentionDays: 8 }, 'logRetentionDays'],
    ['logs without end', { logRetentionDays: 9999 }, 'logRetentionDays'],
    ['an acquirer that is no web address', { acquirerUrl: 'ftp://acquirer.example' }, 'acquirerUrl'],
  ])('with %s is refused, and the message says where', (_what, settings, message) => {
    const read = () => readStage(givenNode('local', settings));
    expect(read).toThrow('Stage "local" of cdk.json is not valid');
    expect(read).toThrow(message);
  });
});

test('a pattern of scopes stands for all of its resource server, in the order of the contract', () => {
  expect(scopesOf(['payments/*', 'tokens/write'])).toEqual([
    'tokens/write',
    'payments/create',
    'payments/manage',
    'payments/read',
  ]);
});
