import { featureNames, featureSchemaHash } from '../features/features.ts';
import { whatItWas } from '../label.ts';
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

function mature({ score, decision, ...payment }: ObservedPayment) {
  const isFraud = whatItWas(payment);
  return isFraud === undefined ? [] : [{ score, decision, isFraud }];
}

type Column = readonly [name: string, values: readonly number[]];

/** The index of each feature and of the score; nothing on days with few payments, and on the one that became the baseline. */
async function stabilityOf(
  book: MonitorBook,
  payments: readonly ObservedPayment[],
): Promise<Readonly<Record<string, number>>> {
  const fitting = payments.filter(({ vector }) => vector.length === featureNames.length);
  const features = featureNames.map((name, place): Column => [name, fitting.map(({ vector }) => vector[place] ?? 0)]);
  // Another champion scores otherwise: that is no drift. The one of most payments is looked at.
  const [champion = '', scored = []] =
    [...Map.groupBy(fitting, championOf)].toSorted(([, one], [, other]) => other.length - one.length)[0] ?? [];
  const scores: Column = ['score', scored.map(({ score }) => score)];
  return {
    ...(await stabilityOfColumns(book, `${featureSchemaHash} ${champion}`, [scores])),
    ...(await stabilityOfColumns(book, featureSchemaHash, features)),
  };
}

function championOf({ models }: ObservedPayment): string {
  return models?.champion ?? shippedModelId;
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
    columns.flatMap(([column, values]) => {
      const expected = before[column];
      return expected ? [[column, populationStability(expected, distributionOver(expected.borders, values))]] : [];
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
