import { brotliCompressSync } from 'node:zlib';
import { featureSchemaHash } from '../../core/fraud/features/features.ts';
import { contributionsOf, marginOf } from '../../core/fraud/model/forest.ts';
import { parseModelFile, toModelFile } from '../../core/fraud/model/fraud-model.ts';
import { trainForest, usualOptions } from '../training/train-forest.ts';
import { examplesOf, foldOf } from './protocol.ts';
import type { Transactions } from './read-transactions.ts';
import type { Replayed } from './replay.ts';

/** How fast a model scores and loads, and how large it is. */
export interface ScoringSpeed {
  /** Of each vector: its score and its reasons. */
  readonly microseconds: readonly number[];
  readonly loadingMilliseconds: number;
  readonly compressedBytes: number;
  readonly trees: number;
}

const scoredTimes = 20_000;

/** Trains on a week, stores and loads the model, and scores the payments of its test. */
export function measureScoring(transactions: Transactions, replayed: Replayed, trainDay: number): ScoringSpeed {
  const { training, test } = foldOf(transactions, trainDay);
  const forest = trainForest(examplesOf(transactions, replayed, training), usualOptions);
  const text = toModelFile({ schemaHash: featureSchemaHash, forest, calibration: { slope: 1, shift: 0 } });
  const began = performance.now();
  const model = parseModelFile(text, featureSchemaHash);
  const loadingMilliseconds = performance.now() - began;
  const { columns } = examplesOf(transactions, replayed, test);
  const microseconds = Array.from({ length: scoredTimes }, (_, time) => {
    const vector = columns.map((column) => column[time % test.length] ?? 0);
    const from = performance.now();
    marginOf(model.forest, vector);
    contributionsOf(model.forest, vector);
    return (performance.now() - from) * 1000;
  });
  return {
    microseconds,
    loadingMilliseconds,
    compressedBytes: brotliCompressSync(text).length,
    trees: forest.treeCount,
  };
}
