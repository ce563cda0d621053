import { featureNames, featureSchemaHash } from '../features/features.ts';
import { verdictOfLabels } from '../label.ts';
import { shippedModelId } from '../serving/model-roles.ts';
import { distributionOver, evenDistribution, populationStability } from './distribution.ts';
import type { Baseline, FraudReport, MonitorBook, MonitorSource, ObservedPayment } from './ports.ts';
import type { Quality } from './quality.ts';
import { isMiscalibrated, qualityOf } from './quality.ts';

const dayMilliseconds = 86_400_000;
/** Of a day, and of a week, no more are looked at: a sample of so many tells the same. */
const sampleSize = 5000;
/** With fewer a distribution is chance. */
const leastPayments = 1000;
/** After so many days who had to complain has, mostly; a week is looked at, for frauds are few. */
const [matureDays, weekDays] = [30, 7];
/** From this on it is another population. */
const driftFrom = 0.25;

interface MonitorDependencies {
  readonly source: MonitorSource;
  readonly book: MonitorBook;
}

/**
 * Measures how the model does.
 *
 * Primary course:
 * 1. Of yesterday's payments, how their features and scores spread is held against the first day on which there were enough (the baseline).
 * 2. Of a week that ended a month ago, what was doubted is held against what turned out to be fraud.
 * 3. The report of the day is kept; running again writes the same.
 *
 * Answers the report. Its `findings` are what somebody should look at.
 */
export async function monitorModel({ source, book }: MonitorDependencies, now: Date): Promise<FraudReport> {
  const today = Math.floor(now.getTime() / dayMilliseconds);
  const payments = await source.sample(dateOf(today - 1), dateOf(today), sampleSize);
  const matured = await source.sample(dateOf(today - matureDays - weekDays), dateOf(today - matureDays), sampleSize);
  const stability = await stabilityOf(book, payments);
  const quality = qualityOf(matured.flatMap(mature));
  const day = dateOf(today - 1)
    .toISOString()
    .slice(0, 10);
  const report: FraudReport = {
    ...{ day, createdAt: now.toISOString(), payments: payments.length, stability, quality },
    findings: findingsOf(stability, quality),
  };
  await book.write(report);
  return report;
}

function dateOf(day: number): Date {
  return new Date(day * dayMilliseconds);
}

function mature({ score, decision, isPaid, labels }: ObservedPayment) {
  const verdict = verdictOfLabels(labels);
  return verdict === undefined && !isPaid ? [] : [{ score, decision, isFraud: verdict ?? false }];
}

type Column = readonly [name: string, values: readonly number[]];

/** The index of each feature and of the score; nothing on days with few payments, and on the one that became the baseline. */
async function stabilityOf(
  book: MonitorBook,
  payments: readonly ObservedPayment[],
): Promise<Readonly<Record<string, number>>> {
  const fitting = payments.filter(({ vector }) => vector.length === featureNames.length);
  const features = featureNames.map((name, place): Column => [name, fitting.map(({ vector }) => vector[place] ?? 0)]);
  // Another champion scores otherwise: that is no drift.
  const champion = mostFrequent(fitting.map(({ models }) => models?.champion ?? shippedModelId));
  const scored = fitting.filter(({ models }) => (models?.champion ?? shippedModelId) === champion);
  const scores: Column = ['score', scored.map(({ score }) => score)];
  return {
    ...(await stabilityOfColumns(book, `${featureSchemaHash} ${champion}`, [scores])),
    ...(await stabilityOfColumns(book, featureSchemaHash, features)),
  };
}

function mostFrequent(values: readonly string[]): string {
  const counted = [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({ value, count: all.length }));
  return counted.toSorted((one, other) => other.count - one.count)[0]?.value ?? '';
}

async function stabilityOfColumns(
  book: MonitorBook,
  name: string,
  columns: readonly Column[],
): Promise<Readonly<Record<string, number>>> {
  const before = await book.baseline(name);
  if (columns.some(([, values]) => values.length < leastPayments)) return {};
  if (!before) {
    const baseline: Baseline = Object.fromEntries(
      columns.map(([column, values]) => [column, evenDistribution(values)]),
    );
    await book.keepBaseline(name, baseline);
    return {};
  }
  return Object.fromEntries(
    columns.flatMap(([name, values]) => {
      const expected = before[name];
      return expected ? [[name, populationStability(expected, distributionOver(expected.borders, values))]] : [];
    }),
  );
}

function findingsOf(stability: Readonly<Record<string, number>>, quality: Quality): readonly string[] {
  const drifting = Object.entries(stability).flatMap(([name, index]) =>
    index >= driftFrom ? `${name} spreads otherwise than it did (stability index ${index.toFixed(2)})` : [],
  );
  const { frauds, expectedFrauds } = quality;
  const miscalibrated = isMiscalibrated(quality)
    ? [`the scores expected ${expectedFrauds.toFixed(0)} frauds, and ${frauds} became known`]
    : [];
  return [...drifting, ...miscalibrated];
}
