import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { areaUnderRoc, averagePrecision } from '../../core/fraud/monitoring/ranking.ts';
import { cardPrecision } from '../../model/evaluation/card-precision.ts';
import { foldOf } from '../../model/evaluation/protocol.ts';
import { readTransactions } from '../../model/evaluation/read-transactions.ts';

const folder = mkdtempSync(join(tmpdir(), 'quittance-model-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const scored = (pairs: readonly (readonly [score: number, label: 0 | 1])[]) => ({
  scores: Float64Array.from(pairs, ([score]) => score),
  labels: Uint8Array.from(pairs, ([, label]) => label),
});

describe('figures', () => {
  test('of an example that is easily reckoned', () => {
    // scikit-learn's own example of average_precision_score and roc_auc_score.
    const example = scored([
      [0.1, 0],
      [0.4, 0],
      [0.35, 1],
      [0.8, 1],
    ]);
    expect(areaUnderRoc(example)).toBeCloseTo(0.75, 12);
    expect(averagePrecision(example)).toBeCloseTo(0.8333333333333333, 12);
  });

  test('of any scores are those of all pairs, and of all thresholds', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom<0 | 1>(0, 1));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 2, maxLength: 40 }), (pairs) => {
        const [frauds, genuine] = [1, 0].map((label) => pairs.filter(([, each]) => each === label));
        fc.pre((frauds?.length ?? 0) > 0 && (genuine?.length ?? 0) > 0);
        const wins = (frauds ?? []).flatMap(([high]) =>
          (genuine ?? []).map(([low]) => (high > low ? 1 : high === low ? 0.5 : 0)),
        );
        expect(areaUnderRoc(scored(pairs))).toBeCloseTo(
          wins.reduce<number>((sum, win) => sum + win, 0) / wins.length,
          12,
        );
        let [expected, recallBefore] = [0, 0];
        for (const threshold of [...new Set(pairs.map(([score]) => score))].toSorted((one, other) => other - one)) {
          const above = pairs.filter(([score]) => score >= threshold);
          const hits = above.filter(([, label]) => label === 1).length;
          const recall = hits / (frauds?.length ?? 1);
          expected += (recall - recallBefore) * (hits / above.length);
          recallBefore = recall;
        }
        expect(averagePrecision(scored(pairs))).toBeCloseTo(expected, 12);
      }),
    );
  });

  test('of cards: the highest of each day, and who was found is out', () => {
    const row = (day: number, card: number, score: number, isFraud: boolean) => ({ day, card, score, isFraud });
    const payments = [
      ...[row(1, 1, 0.9, true), row(1, 2, 0.8, false), row(1, 3, 0.1, true), row(1, 1, 0.2, false)],
      // Card 1 was found, so that the two highest of the second day are 2 and 3.
      ...[row(2, 1, 0.99, true), row(2, 2, 0.7, false), row(2, 3, 0.6, true), row(2, 4, 0.5, true)],
    ];
    expect(cardPrecision(payments, 2)).toBeCloseTo((1 / 2 + 1 / 2) / 2, 12);
  });
});

interface Row {
  readonly seconds: number;
  readonly customer: number;
  readonly isFraud: boolean;
}

function fileOf(rows: readonly Row[], changes: { readonly cutBy?: number; readonly tail?: number } = {}): string {
  const header = Buffer.alloc(12);
  const frauds = rows.flatMap(({ isFraud }, index) => (isFraud ? [index] : []));
  header.writeUInt32LE(rows.length, 0);
  header.writeUInt32LE(3, 4);
  header.writeUInt32LE(frauds.length, 8);
  const shorts = (values: readonly number[]) => Buffer.from(Uint16Array.from(values).buffer);
  const words = (values: readonly number[]) => Buffer.from(Uint32Array.from(values).buffer);
  const bytes = Buffer.concat([
    header,
    shorts(rows.map(({ seconds }, index) => seconds - (rows[index - 1]?.seconds ?? 0))),
    shorts(rows.map(({ customer }) => customer)),
    shorts(rows.map((_, index) => index % 7)),
    words(rows.map((_, index) => 1000 + index)),
    words(frauds.map((fraud, index) => fraud - (frauds[index - 1] ?? 0))),
    Buffer.alloc(changes.tail ?? 0),
  ]);
  const path = join(folder, `rows-${rows.length}-${changes.cutBy ?? 0}-${changes.tail ?? 0}.bin.br`);
  writeFileSync(path, brotliCompressSync(bytes.subarray(0, bytes.length - (changes.cutBy ?? 0))));
  return path;
}

describe('a file of transactions', () => {
  const rows = [0, 30_000, 90_000, 90_001].map((seconds, index) => ({
    seconds,
    customer: index,
    isFraud: index % 2 === 1,
  }));

  test('is read column by column', () => {
    expect(readTransactions(fileOf(rows))).toEqual({
      count: 4,
      times: Float64Array.from(rows, ({ seconds }) => 3 + seconds / 86_400),
      customers: Uint16Array.of(0, 1, 2, 3),
      terminals: Uint16Array.of(0, 1, 2, 3),
      amounts: Uint32Array.of(1000, 1001, 1002, 1003),
      labels: Uint8Array.of(0, 1, 0, 1),
    });
  });

  test.each([
    ['is cut off', { cutBy: 3 }, 'ends before its columns do'],
    ['has more than it says', { tail: 5 }, 'has 5 bytes behind its columns'],
  ])('that %s is refused', (_what, changes, message) => {
    expect(() => readTransactions(fileOf(rows, changes))).toThrow(message);
  });
});

describe('a fold', () => {
  test('trains on a week, waits one, tests one without cards that were known by then', () => {
    const day = (at: number, customer: number, isFraud = false) => ({ at, customer, isFraud });
    const days = [
      ...[day(0, 1, true), day(6, 2), day(7, 3, true), day(8, 4, true), day(13, 5, true)],
      ...[day(14, 1), day(14, 3), day(14, 2), day(15, 3), day(15, 4), day(16, 4), day(20, 5), day(21, 2)],
    ];
    const transactions = {
      count: days.length,
      times: Float64Array.from(days, ({ at }) => at + 0.5),
      customers: Uint16Array.from(days, ({ customer }) => customer),
      terminals: new Uint16Array(days.length),
      amounts: new Uint32Array(days.length),
      labels: Uint8Array.from(days, ({ isFraud }) => (isFraud ? 1 : 0)),
    };
    const { training, test: tested } = foldOf(transactions, 0);
    const told = (indexes: readonly number[]) => indexes.map((index) => [days[index]?.at, days[index]?.customer]);
    expect(told(training)).toEqual([
      [0, 1],
      [6, 2],
    ]);
    // Card 3's fraud of day 7 is known on day 15, card 4's of day 8 on day 16, card 5's of day 13 after the test.
    expect(told(tested)).toEqual([
      [14, 3],
      [14, 2],
      [15, 4],
      [20, 5],
    ]);
  });

  const shared = '../shared/fraud-data/transactions-days-000-156.bin.br';
  (existsSync(shared) ? test : test.skip)('of protocol A has the payments that the shared README counts', () => {
    const transactions = readTransactions(shared);
    const frauds = (indexes: readonly number[]) => indexes.filter((index) => transactions.labels[index] === 1).length;
    const { training, test: tested } = foldOf(transactions, 115);
    expect([training.length, frauds(training)]).toEqual([67_240, 598]);
    expect([tested.length, frauds(tested)]).toEqual([58_264, 385]);
  });
});
