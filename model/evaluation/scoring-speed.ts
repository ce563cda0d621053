import { brotliCompressSync } from 'node:zlib';
import { askModel } from '../../core/fraud/assess.ts';
import type { PaymentEvent } from '../../core/fraud/features/events.ts';
import { features, featureSchemaHash, newState, update } from '../../core/fraud/features/features.ts';
import { parseModelFile, toModelFile } from '../../core/fraud/model/fraud-model.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import type { TrainedOnFold } from './protocol.ts';

/** How fast a model scores and loads, and how large it is. */
export interface ScoringSpeed {
  /** Of each payment: its features, its score and its reasons. */
  readonly microseconds: readonly number[];
  readonly loadingMilliseconds: number;
  readonly compressedBytes: number;
  readonly trees: number;
}

const scoredTimes = 20_000;

/** Stores and loads the model of a fold, and scores payments of somebody who is well known. */
export function measureScoring({ forest }: TrainedOnFold): ScoringSpeed {
  const text = toModelFile({ schemaHash: featureSchemaHash, forest, calibration: { slope: 1, shift: 0 } });
  const began = performance.now();
  const model = parseModelFile(text, featureSchemaHash);
  const loadingMilliseconds = performance.now() - began;
  const random = seededRandom(1);
  let state = newState(firstDay);
  const microseconds = Array.from({ length: scoredTimes }, (_, time) => {
    const event = { ...payment, at: firstDay + time / 100, amount: Math.round(random() * 20_000) };
    const from = performance.now();
    askModel(model, features(state, event));
    const took = (performance.now() - from) * 1000;
    state = update(state, event, event);
    return took;
  });
  return {
    microseconds,
    loadingMilliseconds,
    compressedBytes: brotliCompressSync(text).length,
    trees: forest.treeCount,
  };
}

const firstDay = 20_000;
const payment: Omit<PaymentEvent, 'at' | 'amount'> = {
  ...{ kind: 'payment', card: 'card', buyer: 'buyer', device: 'device', address: 'address' },
  ...{ countriesDiffer: false, byGiftCard: false },
};
