import type { TrainingOptions } from '../../model/training/train-forest.ts';

export interface Sample {
  readonly rows: readonly (readonly number[])[];
  /** 1 for fraud, 0 for genuine. */
  readonly labels: readonly number[];
}

/** Without what is drawn by chance: two trainers draw differently. */
export type OracleOptions = Omit<TrainingOptions, 'rowShare' | 'featureShare' | 'seed'>;

/**
 * XGBoost as an oracle: its own code, compiled to WebAssembly in February 2018, by exact greedy search. It begins at the share of frauds
 * as if one more of either had been seen, as our trees do, and not at a half as it would by itself.
 * In: what to train on, our options, what to score. Out: its probability of fraud for each row of that.
 */
export async function askXgboost(
  { rows, labels }: Sample,
  { trees, depth, learningRate, lambda, leastChildWeight }: OracleOptions,
  asked: Sample['rows'],
): Promise<readonly number[]> {
  for (const row of [...rows, ...asked]) refuseWhatItReadsOtherwise(row);
  const frauds = labels.reduce((sum, label) => sum + label, 0);
  const Booster = await loadQuietly();
  const booster = new Booster({
    ...{ booster: 'gbtree', objective: 'binary:logistic', tree_method: 'exact', silent: 1 },
    ...{ iterations: trees, max_depth: depth, eta: learningRate, lambda, min_child_weight: leastChildWeight },
    ...{ subsample: 1, colsample_bytree: 1, gamma: 0, alpha: 0, base_score: (frauds + 1) / (labels.length + 2) },
  });
  try {
    booster.train(rows, labels);
    return booster.predict(asked);
  } finally {
    booster.free();
  }
}

/** It reads single precision, and its binding takes -1 for a missing number: either would make other data of ours. */
function refuseWhatItReadsOtherwise(row: readonly number[]): void {
  const odd = row.find((value) => value === -1 || Math.fround(value) !== value);
  if (odd !== undefined) throw new Error(`XGBoost would not read ${odd} as it stands`);
}

/** Built before Node could compile from a stream, it would try, complain on the console, and go on from the file. */
async function loadQuietly() {
  const compiler: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (typeof compiler === 'object' && compiler !== null) Reflect.deleteProperty(compiler, 'instantiateStreaming');
  const { default: xgboost } = await import('ml-xgboost');
  return xgboost;
}
