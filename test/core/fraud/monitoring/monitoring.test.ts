import { describe, expect, test } from '@jest/globals';
import { featureNames, featureSchemaHash } from '../../../../core/fraud/features/features.ts';
import {
  distributionOver,
  evenDistribution,
  populationStability,
} from '../../../../core/fraud/monitoring/distribution.ts';
import { monitorModel } from '../../../../core/fraud/monitoring/monitor-model.ts';
import type { Baseline, FraudReport, ObservedPayment } from '../../../../core/fraud/monitoring/ports.ts';
import { qualityOf } from '../../../../core/fraud/monitoring/quality.ts';
import { drawEvenly } from '../../../../core/fraud/monitoring/reservoir.ts';
import { seededRandom } from '../../../../local/kernel/random.ts';

describe('how values spread', () => {
  test('in bins that share them evenly', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index);
    expect(evenDistribution(values).counts).toEqual([101, ...Array.from({ length: 8 }, () => 100), 99]);
    // Of two values there are no more bins than two.
    expect(evenDistribution([0, 0, 0, 1]).counts).toEqual([3, 1, 0]);
    expect(distributionOver([10, 20], [5, 10, 11, 25])).toEqual({ borders: [10, 20], counts: [2, 1, 1] });
  });

  test('is stable or not: as a hand computes it', () => {
    const before = { borders: [1], counts: [50, 50] };
    expect(populationStability(before, before)).toBe(0);
    const now = { borders: [1], counts: [80, 20] };
    const [p, q] = [80.5 / 101, 20.5 / 101];
    expect(populationStability(before, now)).toBeCloseTo(
      (p - 0.5) * Math.log(p / 0.5) + (q - 0.5) * Math.log(q / 0.5),
      12,
    );
    expect(Number.isFinite(populationStability({ borders: [1], counts: [100, 0] }, now))).toBe(true);
  });
});

test('the quality of doubts, as a hand computes it', () => {
  const payment = (score: number, decision: 'approve' | 'review', isFraud: boolean) => ({ score, decision, isFraud });
  const payments = [payment(0.9, 'review', true), payment(0.5, 'review', false), payment(0.1, 'approve', true)];
  expect(qualityOf([...payments, payment(0.5, 'approve', false)])).toEqual({
    ...{ payments: 4, frauds: 2, precision: 0.5, recall: 0.5, expectedFrauds: 2 },
  });
  expect(qualityOf([])).toEqual({ payments: 0, frauds: 0, expectedFrauds: 0 });
});

test('a sample is drawn evenly, and is the same again', async () => {
  const pages = () =>
    (async function* () {
      for (let page = 0; page < 100; page += 1) {
        yield await Promise.resolve(Array.from({ length: 100 }, (_, index) => `pay_${page * 100 + index}`));
      }
    })();
  const drawn = await drawEvenly(pages(), 1000);
  expect(await drawEvenly(pages(), 1000)).toEqual(drawn);
  expect(new Set(drawn).size).toBe(1000);
  const early = drawn.filter((id) => Number(id.slice(4)) < 5000).length;
  expect(Math.abs(early - 500)).toBeLessThan(75);
  expect(await drawEvenly(pages(), 20_000)).toHaveLength(10_000);
});

const now = new Date('2026-11-27T01:00:00.000Z');

/** Payments whose features are drawn around a mean; the score among them. */
function observed(count: number, mean: number, changes: Partial<ObservedPayment> = {}): ObservedPayment[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, () => ({
    ...{ score: mean * random(), decision: 'approve', isPaid: true, labels: [] },
    vector: featureNames.map(() => mean + random()),
    ...changes,
  }));
}

function given(yesterday: readonly ObservedPayment[], mature: readonly ObservedPayment[] = []) {
  const baselines = new Map<string, Baseline>();
  const reports: FraudReport[] = [];
  const asked: string[] = [];
  const run = (payments = yesterday) =>
    monitorModel(
      {
        source: {
          sample: (from, until) => {
            asked.push(`${from.toISOString().slice(0, 10)} ${until.toISOString().slice(0, 10)}`);
            return Promise.resolve(until.toISOString().startsWith('2026-11-27') ? payments : mature);
          },
        },
        book: {
          baseline: (name) => Promise.resolve(baselines.get(name)),
          keepBaseline: (name, baseline) => Promise.resolve(void baselines.set(name, baseline)),
          write: (report) => Promise.resolve(void reports.push(report)),
          list: () => Promise.resolve(reports),
        },
      },
      now,
    );
  return { run, baselines, reports, asked };
}

describe('the daily measuring', () => {
  test("looks at yesterday's payments, and at a week that ended a month ago", async () => {
    const { run, asked, reports } = given([]);
    expect(await run()).toMatchObject({ day: '2026-11-26', payments: 0, stability: {}, findings: [] });
    expect(asked).toEqual(['2026-11-26 2026-11-27', '2026-10-21 2026-10-28']);
    expect(reports).toHaveLength(1);
  });

  test('takes the first day with enough payments for its baseline, and finds what drifts from it', async () => {
    const { run, baselines } = given(observed(1200, 0.1));
    expect(await run(observed(900, 0.1))).toMatchObject({ stability: {} });
    expect(baselines.size).toBe(0);
    expect(await run()).toMatchObject({ stability: {}, findings: [] });
    expect([...baselines.keys()]).toEqual([`${featureSchemaHash} shipped`, featureSchemaHash]);
    const same = await run(observed(1300, 0.1));
    expect(Math.max(...Object.values(same.stability))).toBeLessThan(0.1);
    expect(same.findings).toEqual([]);
    const other = await run(observed(1300, 0.9));
    expect(other.findings).toContainEqual(expect.stringContaining('score spreads otherwise'));
    expect(other.stability['amount']).toBeGreaterThan(0.25);
  });

  test('takes the scores of another champion for no drift, and its features as before', async () => {
    const { run } = given(observed(1200, 0.1, { models: { champion: 'shipped' } }));
    await run();
    // Some of the day were scored by the champion before.
    const promoted = [
      ...observed(1100, 0.1, { models: { champion: 'mdl_a' } }).map((each) => ({ ...each, score: each.score * 9 })),
      ...observed(200, 0.1, { models: { champion: 'shipped' } }),
    ];
    const first = await run(promoted);
    expect(first.findings).toEqual([]);
    expect(Object.keys(first.stability)).toEqual([...featureNames]);
    expect((await run(promoted)).stability['score']).toBe(0);
  });

  test('finds scores that expect another number of frauds than became known', async () => {
    const label = { paymentId: 'pay_1', source: 'dispute', isFraud: true, knownAt: now.toISOString() } as const;
    const honest = observed(900, 0.01);
    const frauds = observed(30, 0.01, { labels: [label] });
    const report = await given([], [...honest, ...frauds]).run();
    expect(report).toMatchObject({ quality: { payments: 930, frauds: 30, recall: 0 } });
    expect(report.findings).toEqual([expect.stringContaining('30 became known')]);
    // Of what was refused nobody learns what it was.
    const refused = observed(50, 0.9, { isPaid: false });
    expect((await given([], refused).run()).quality.payments).toBe(0);
  });
});
