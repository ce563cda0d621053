import { describe, expect, test } from '@jest/globals';
import xgboost from 'ml-xgboost';
import { marginsOf } from '../../model/evaluation/protocol.ts';
import { areaUnderRoc } from '../../model/evaluation/metrics.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import type { Examples } from '../../model/training/train-forest.ts';
import { trainForest } from '../../model/training/train-forest.ts';

/**
 * XGBoost itself (ml-xgboost, compiled to WebAssembly) is the oracle of our trainer: where a feature has fewer values than we have bins,
 * our histograms leave out no split that its exact search looks at, and both have to grow the same trees.
 */
const settings = { trees: 40, depth: 3, learningRate: 0.1, lambda: 1, leastChildWeight: 1 };

/** Rows of a few features with few values each, and labels that depend on two of them and on both together. */
function examplesOf(seed: number, count: number, features: number): Examples {
  const random = seededRandom(seed);
  const columns = Array.from({ length: features }, (_, index) =>
    Float64Array.from({ length: count }, () => 1 + Math.floor(random() * (10 + 7 * index))),
  );
  const [first, second] = columns;
  const labels = Uint8Array.from({ length: count }, (_, row) => {
    const [a, b] = [first?.[row] ?? 0, second?.[row] ?? 0];
    const logOdds = 0.4 * a - 0.3 * b + (a > 5 && b > 8 ? 2 : 0) - 1.5;
    return random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });
  return { columns, labels };
}

const rowsOf = ({ columns, labels }: Examples) =>
  Array.from(labels, (_, row) => columns.map((column) => column[row] ?? 0));

async function oracleOf(training: Examples, unseen: Examples): Promise<number[]> {
  const Booster = await xgboost;
  const frauds = training.labels.reduce((sum, label) => sum + label, 0);
  const booster = new Booster({
    ...{ booster: 'gbtree', objective: 'binary:logistic', silent: 1, iterations: settings.trees },
    ...{ max_depth: settings.depth, eta: settings.learningRate, lambda: settings.lambda, gamma: 0 },
    ...{ min_child_weight: settings.leastChildWeight, subsample: 1, colsample_bytree: 1, tree_method: 'exact' },
    base_score: (frauds + 1) / (training.labels.length + 2),
  });
  try {
    booster.train(rowsOf(training), [...training.labels]);
    return booster.predict(rowsOf(unseen));
  } finally {
    booster.free();
  }
}

function oursOf(training: Examples, unseen: Examples): number[] {
  const forest = trainForest(training, { ...settings, rowShare: 1, featureShare: 1, seed: 1 });
  return Array.from(marginsOf(forest, unseen), (margin) => 1 / (1 + Math.exp(-margin)));
}

describe('our trees beside those of XGBoost', () => {
  test.each([
    [1, 500, 3],
    [2, 2000, 4],
    [3, 4000, 6],
  ])('tell the same probabilities (seed %d, %d rows, %d features)', async (seed, count, features) => {
    const training = examplesOf(seed, count, features);
    const unseen = examplesOf(seed + 100, 1000, features);
    const [theirs, ours] = [await oracleOf(training, unseen), oursOf(training, unseen)];
    const differences = ours.map((probability, row) => Math.abs(probability - (theirs[row] ?? 0)));
    const scored = (scores: readonly number[]) => ({ scores: Float64Array.from(scores), labels: unseen.labels });
    process.stdout.write(
      `largest difference ${Math.max(...differences)}, AUC ${areaUnderRoc(scored(ours))} ${areaUnderRoc(scored(theirs))}\n`,
    );
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });
});
