import { describe, expect, test } from '@jest/globals';
import { marginOf } from '../../core/fraud/model/forest.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import { areaUnderRoc } from '../../core/fraud/monitoring/ranking.ts';
import { trainForest, usualOptions } from '../../model/training/train-forest.ts';
import type { OracleOptions, Sample } from './xgboost.ts';
import { askXgboost } from './xgboost.ts';

interface Shape {
  readonly rows: number;
  readonly features: number;
  /** How many numbers a feature can be; with many, nearly every row has its own. */
  readonly levels: number;
  readonly fraudRate: number;
}

type Case = readonly [name: string, shape: Shape, options: OracleOptions];

/** Fraud as two features say, and two more only together; whatever features there are besides say nothing. */
function givenSample({ rows: count, features, levels, fraudRate }: Shape, seed: number): Sample {
  const random = seededRandom(seed);
  const rows = Array.from({ length: count }, () =>
    Array.from({ length: features }, () => Math.floor(random() * levels)),
  );
  const labels = rows.map((row) => {
    const [a = 0, b = 0, c = 0, d = 0] = row.map((value) => value / levels - 0.5);
    return random() < logistic(4 * a + 2 * b + 8 * c * d + Math.log(fraudRate / (1 - fraudRate))) ? 1 : 0;
  });
  return { rows, labels };
}

/** Trains both on the same sample, and asks both the same rows. */
async function askBoth(sample: Sample, options: OracleOptions, asked: Sample['rows']) {
  const columns = (sample.rows[0] ?? []).map((_, feature) =>
    Float64Array.from(sample.rows, (row) => row[feature] ?? 0),
  );
  const forest = trainForest(
    { columns, labels: Uint8Array.from(sample.labels) },
    { ...options, rowShare: 1, featureShare: 1, seed: 1 },
  );
  const ours = asked.map((row) => logistic(marginOf(forest, row)));
  return { ours, theirs: await askXgboost(sample, options, asked) };
}

function logistic(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

function logLoss(probabilities: readonly number[], labels: readonly number[]): number {
  const losses = probabilities.map((probability, row) => -Math.log(labels[row] === 1 ? probability : 1 - probability));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function areaOf(probabilities: readonly number[], labels: readonly number[]): number {
  return areaUnderRoc({ scores: Float64Array.from(probabilities), labels: Uint8Array.from(labels) });
}

/** By how much the two differ at most on what they were trained on, a number for each seed. */
async function differencesOf(shape: Shape, options: OracleOptions, seeds: readonly number[]) {
  const differences: number[] = [];
  for (const seed of seeds) {
    const sample = givenSample(shape, seed);
    const { ours, theirs } = await askBoth(sample, options, sample.rows);
    // Trees that found nothing would agree, too.
    expect(new Set(ours).size).toBeGreaterThan(1);
    differences.push(Math.max(...ours.map((probability, row) => Math.abs(probability - (theirs[row] ?? Infinity)))));
  }
  return differences;
}

const stump = { trees: 1, depth: 1, learningRate: 1, lambda: 1, leastChildWeight: 3 };
const shallow = { trees: 50, depth: 3, learningRate: 0.1, lambda: 1, leastChildWeight: 3 };
const unheld = { trees: 30, depth: 4, learningRate: 0.3, lambda: 0, leastChildWeight: 5 };
const deep = { trees: 40, depth: 5, learningRate: 0.2, lambda: 5, leastChildWeight: 3 };
const usual: OracleOptions = usualOptions;

const small: Shape = { rows: 200, features: 3, levels: 8, fraudRate: 0.3 };
const middling: Shape = { rows: 600, features: 5, levels: 12, fraudRate: 0.2 };

// Every number has its bin, so that our histograms hold what exact greedy search sees; what is left is its single
// precision, below 1e-6 in hundreds of forests.
describe('on data of fewer numbers than bins, probabilities are those of XGBoost', () => {
  const mostDifference = 2e-6;

  test.each([
    ['stumps on 100 rows', { rows: 100, features: 2, levels: 5, fraudRate: 0.5 }, stump],
    ['shallow trees on 100 rows', { rows: 100, features: 2, levels: 5, fraudRate: 0.5 }, shallow],
    ['shallow trees on 200 rows', small, shallow],
    ['trees that no lambda holds back, on 200 rows', small, unheld],
    ['stumps on 600 rows', middling, stump],
    ['shallow trees on 600 rows', middling, shallow],
    ['trees that no lambda holds back, on 600 rows', middling, unheld],
    ['shallow trees on few frauds', { rows: 1500, features: 8, levels: 300, fraudRate: 0.03 }, shallow],
  ] satisfies readonly Case[])('%s', async (_, shape, options) => {
    for (const difference of await differencesOf(shape, options, [1, 2, 3, 4, 5]))
      expect(difference).toBeLessThan(mostDifference);
  });

  // In small nodes two splits can be worth exactly the same, or a leaf weigh exactly the least it may: rounding decides, and nobody is
  // wrong. Eighteen of 350 forests differed, each of them first in nodes of such a tie.
  test('trees of small leaves, ties apart', async () => {
    const differences: number[] = [];
    for (const shape of [small, middling])
      for (const options of [deep, usual])
        differences.push(...(await differencesOf(shape, options, [1, 2, 3, 4, 5, 6])));
    const alike = differences.filter((difference) => difference < mostDifference);
    expect(alike.length / differences.length).toBeGreaterThan(0.8);
  });
});

// Between two numbers of a node XGBoost cuts half way, we cut at the edge of the bin of the lower one: payments that neither was
// trained on may fall to different sides, for better as often as for worse.
describe('on payments held out, trees are as good as those of XGBoost', () => {
  const mostDifference = 0.002;

  test.each([
    ['few rows', { rows: 300, features: 4, levels: 16, fraudRate: 0.3 }, shallow],
    ['many numbers', { rows: 1500, features: 6, levels: 65_536, fraudRate: 0.2 }, shallow],
    ['features that say nothing', { rows: 1500, features: 16, levels: 65_536, fraudRate: 0.2 }, shallow],
    ['few frauds', { rows: 2500, features: 6, levels: 1000, fraudRate: 0.02 }, usual],
    ['more numbers than bins', { rows: 6000, features: 5, levels: 65_536, fraudRate: 0.5 }, shallow],
  ] satisfies readonly Case[])('%s', async (_, shape, options) => {
    const heldOut = givenSample({ ...shape, rows: 4000 }, 99);
    const { ours, theirs } = await askBoth(givenSample(shape, 1), options, heldOut.rows);
    const area = areaOf(ours, heldOut.labels);
    expect(area).toBeGreaterThan(0.7);
    expect(Math.abs(area - areaOf(theirs, heldOut.labels))).toBeLessThan(mostDifference);
    expect(Math.abs(logLoss(ours, heldOut.labels) - logLoss(theirs, heldOut.labels))).toBeLessThan(mostDifference);
  });
});
