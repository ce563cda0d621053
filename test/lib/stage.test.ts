import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { projectPath } from '../../lib/house/root.ts';
import { owned } from './production.ts';
import { acquirerUrlPattern, readStage, scopesOf } from '../../lib/stage.ts';

const { context } = JSON.parse(readFileSync(projectPath('cdk.json'), 'utf8')) as {
  context: { stages: Record<string, object> };
};

const fx = { staleAfterDays: 5, margin: { '5m': 1, '1h': 2, '24h': 3 }, marginByPair: {} };

function givenNode(stage: unknown, settings: object = {}) {
  const stages = { ...context.stages, local: { ...context.stages['local'], ...settings } };
  return new App({ context: { stages, ...(stage !== undefined && { stage }) } }).node;
}

describe('a stage', () => {
  test('is local unless the context names another', () => {
    expect(readStage(givenNode(undefined)).name).toBe('local');
    expect(readStage(givenNode('dev')).name).toBe('dev');
  });

  test.each(['local', 'dev'])('of cdk.json is valid as it is: %s', (name) => {
    expect(readStage(givenNode(name))).toMatchObject({ name });
  });

  test('prod of cdk.json is valid once its owner has put in what nobody else knows', () => {
    const read = () => readStage(givenNode('prod'));
    expect(read).toThrow('Stage "prod" of cdk.json is not valid');
    expect(read).toThrow(/put the address of your acquirer here.*\n.*at acquirerUrl/u);
    expect(read).toThrow(/put the public key of your acquirer here.*\n.*at acquirerNotificationKeys/u);
    expect(read).toThrow(/put the address of those on call here.*\n.*at alarmEmail/u);
    const stages = { prod: { ...context.stages['prod'], ...owned } };
    expect(readStage(new App({ context: { stages, stage: 'prod' } }).node)).toMatchObject({
      ...owned,
      forTryingOut: false,
    });
  });

  test('goes without an address for alarms only when it says that it is for trying out', () => {
    const settings = (forTryingOut: boolean) => ({ forTryingOut, alarmEmail: undefined });
    expect(readStage(givenNode('local', settings(true))).alarmEmail).toBeUndefined();
    expect(() => readStage(givenNode('local', settings(false)))).toThrow('tells nobody of alarms');
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
    ...[
      'ftp://acquirer.example',
      'http://acquirer.example',
      'http://127.0.0.1.acquirer.example',
      'http://127.0.0.1@acquirer.example',
      'http://127.0.0.1:8788@acquirer.example',
      'https://acquirer.example/pay?card=',
    ].map((acquirerUrl) => [`the acquirer ${acquirerUrl}`, { acquirerUrl }, 'is no https:// address'] as const),
    ...['', 'whpk_', `whsk_${'A'.repeat(43)}=`, `whpk_${'A'.repeat(43)}=, whpk_${'A'.repeat(43)}=`].map(
      (acquirerNotificationKeys) =>
        [`the key "${acquirerNotificationKeys}"`, { acquirerNotificationKeys }, 'is no public key'] as const,
    ),
    ['a fee that nobody bears', { disputeFeeBearer: 'nobody' }, 'disputeFeeBearer'],
    ['a margin that leaves no rate', { fx: { ...fx, margin: { '5m': 0, '1h': 0, '24h': 10_000 } } }, 'fx.margin.24h'],
    ['a margin in fractions', { fx: { ...fx, margin: { ...fx.margin, '5m': 0.5 } } }, 'fx.margin.5m'],
    ['a lock window without a margin', { fx: { ...fx, margin: { '5m': 0, '1h': 0 } } }, 'fx.margin.24h'],
    ['a pair of nobody', { fx: { ...fx, marginByPair: { 'EUR/EUX': fx.margin } } }, 'fx.marginByPair["EUR/EUX"]'],
    ['a currency with itself', { fx: { ...fx, marginByPair: { 'EUR/EUR': fx.margin } } }, 'fx.marginByPair["EUR/EUR"]'],
    ['rates that never grow old', { fx: { ...fx, staleAfterDays: 365 } }, 'fx.staleAfterDays'],
    ['a file that is late at once', { settlement: { lateAfterHours: 0, unclearedAfterDays: 3 } }, 'lateAfterHours'],
    [
      'money that must clear at once',
      { settlement: { lateAfterHours: 12, unclearedAfterDays: 1 } },
      'unclearedAfterDays',
    ],
    ['no source of rates', { ratesUrl: undefined }, 'ratesUrl'],
  ])('with %s is refused, and the message says where', (_what, settings, message) => {
    const read = () => readStage(givenNode('local', settings));
    expect(read).toThrow('Stage "local" of cdk.json is not valid');
    expect(read).toThrow(message);
  });
});

describe('the parameter AcquirerUrl', () => {
  const takes = (stage: { acquirerUrl: string }, url: string) => new RegExp(acquirerUrlPattern(stage), 'u').test(url);

  test('takes https:// alone where the acquirer of the stage is anywhere else: card numbers are sent there', () => {
    const stage = { acquirerUrl: 'https://acquirer.example' };
    expect(takes(stage, 'https://acquirer.example/v1')).toBe(true);
    for (const url of ['http://acquirer.example', 'http://127.0.0.1:8788', 'x https://acquirer.example'])
      expect([url, takes(stage, url)]).toEqual([url, false]);
  });

  test('takes the loopback too where the acquirer of the stage is on it', () => {
    const stage = { acquirerUrl: 'http://127.0.0.1:8788' };
    for (const url of ['http://127.0.0.1:1', 'http://127.0.0.1/v1', 'https://acquirer.example'])
      expect([url, takes(stage, url)]).toEqual([url, true]);
    for (const url of [
      'http://acquirer.example',
      'http://127.0.0.1.acquirer.example',
      'http://127.0.0.1@acquirer.example',
    ])
      expect([url, takes(stage, url)]).toEqual([url, false]);
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
