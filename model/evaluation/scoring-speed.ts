import { brotliCompressSync } from 'node:zlib';
import { featureSchemaHash } from '../../core/fraud/features/features.ts';
import { contributionsOf, marginOf } from '../../core/fraud/model/forest.ts';
import { parseModelFile, toModelFile } from '../../core/fraud/model/fraud-model.ts';
import type { TrainedOnFold } from './protocol.ts';

/** How fast a model scores and loads, and how large it is. */
export interface ScoringSpeed {
  /** Of each vector: its score and its reasons. */
  readonly microseconds: readonly number[];
  readonly loadingMilliseconds: number;
  readonly compressedBytes: number;
  readonly trees: number;
}

const scoredTimes = 20_000;

/** Stores and loads the model of a fold, and scores the payments of its test. */
export function measureScoring({ forest, test, testExamples: { columns } }: TrainedOnFold): ScoringSpeed {
  const text = toModelFile({ schemaHash: featureSchemaHash, forest, calibration: { slope: 1, shift: 0 } });
  const began = performance.now();
  const model = parseModelFile(text, featureSchemaHash);
  const loadingMilliseconds = performance.now() - began;
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
