import { describe, expect, test } from '@jest/globals';
import { billedMegabytes, pricedMilliseconds } from '../../../local/meter/express.ts';
import { knownOn, listPrices } from '../../../local/meter/list-prices.ts';
import { perMillion, priceOf } from '../../../local/meter/prices.ts';
import type { Usage } from '../../../local/meter/prices.ts';

const nothing: Usage = {
  dynamoDbWriteUnits: 0,
  dynamoDbReadUnits: 0,
  dynamoDbStreamReads: 0,
  lambdaRequests: 0,
  lambdaArmGigabyteSeconds: 0,
  lambdaX86GigabyteSeconds: 0,
  expressRequests: 0,
  expressGigabyteHours: 0,
  standardTransitions: 0,
  kmsRequests: 0,
  kmsAsymmetricRequests: 0,
  httpApiRequests: 0,
  eventBridgeEvents: 0,
  schedulerInvocations: 0,
  sqsRequests: 0,
  logGigabytes: 0,
};

describe('prices', () => {
  test('each line names its unit and the page that it is from, and the table its date', () => {
    expect(Object.keys(listPrices).sort()).toEqual(Object.keys(nothing).sort());
    for (const { dollars, per, unit, source } of Object.values(listPrices)) {
      expect(dollars / per).toBeGreaterThan(0);
      expect(unit).not.toBe('');
      expect(new URL(source).hostname).toBe('aws.amazon.com');
    }
    expect(Date.parse(knownOn)).not.toBeNaN();
  });

  test('lines of one service are summed', () => {
    const { total, byService } = priceOf({ ...nothing, dynamoDbWriteUnits: 2_000_000, dynamoDbReadUnits: 1_000_000 });
    expect(byService).toMatchObject({ DynamoDB: 1.375 });
    expect(total).toBeCloseTo(1.375);
  });

  test('a million of something costs its share a million times, and nothing of nothing is no price', () => {
    const dollars = priceOf({ ...nothing, kmsRequests: 500, lambdaRequests: 2_000 });
    expect(perMillion(dollars, 500)?.byService).toMatchObject({ KMS: 3, Lambda: expect.closeTo(0.8) });
    expect(perMillion(dollars, 0)).toBeUndefined();
  });
});

describe('an Express execution', () => {
  // The fourth example of https://aws.amazon.com/step-functions/pricing/.
  test('of a definition of 50 KB and 400 map steps of 32 KB is billed 64 MB', () => {
    expect(billedMegabytes(50 * 1024 + 400 * 32 * 1024)).toBe(64);
    expect(billedMegabytes(15 * 1024 * 1024)).toBe(128);
  });

  test('is billed in steps of 100 ms, the first one always', () => {
    expect([0, 1, 100, 100.1, 310].map(pricedMilliseconds)).toEqual([100, 100, 100, 200, 400]);
  });
});
