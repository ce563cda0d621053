import { brotliCompressSync } from 'node:zlib';
import { askModel } from '../../core/fraud/assess.ts';
import type { PaymentEvent } from '../../core/fraud/features/events.ts';
import { features, featureSchemaHash, newState, update } from '../../core/fraud/features/features.ts';
import { parseModelFile, toModelFile } from '../../core/fraud/model/fraud-model.ts';
import { warmUp } from '../../core/fraud/warm-up.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import type { TrainedOnFold } from './protocol.ts';

/** How fast a model scores and loads, and how large it is. */
export interface ScoringSpeed {
  /** Of several passes over payments, what each takes: its features, its score and its reasons. */
  readonly passes: readonly (readonly number[])[];
  readonly loadingMilliseconds: number;
  /** What the scoring function does once, when it loads. */
  readonly warmUpMilliseconds: number;
  readonly compressedBytes: number;
  readonly trees: number;
}

/** Several, since a machine that does something else for a moment has a tail of its own. */
const [passCount, scoredTimes] = [5, 20_000];

/** Stores and loads the model of a fold, and scores payments of somebody who is well known, again and again. */
export function measureScoring({ forest }: TrainedOnFold): ScoringSpeed {
  const text = toModelFile({ schemaHash: featureSchemaHash, forest, calibration: { slope: 1, shift: 0 } });
  const began = performance.now();
  const model = parseModelFile(text, featureSchemaHash);
  const loadingMilliseconds = performance.now() - began;
  const loaded = performance.now();
  warmUp(model);
  const warmUpMilliseconds = performance.now() - loaded;
  const given = payments();
  const score = (_: unknown, time: number) => {
    const { state, event } = given[time % given.length] ?? given[0];
    const from = performance.now();
    askModel(model, features(state, event));
    return (performance.now() - from) * 1000;
  };
  return {
    passes: Array.from({ length: passCount }, () => Array.from({ length: scoredTimes }, score)),
    loadingMilliseconds,
    warmUpMilliseconds,
    compressedBytes: brotliCompressSync(text).length,
    trees: forest.treeCount,
  };
}

/** Payments, and what was remembered before each. */
function payments() {
  const random = seededRandom(1);
  let state = newState(firstDay);
  const next = (time: number) => {
    const event = { ...payment, at: firstDay + time / 100, amount: Math.round(random() * 20_000) };
    const before = state;
    state = update(state, event, event);
    return { state: before, event };
  };
  return [next(0), ...Array.from({ length: 499 }, (_, time) => next(time + 1))] as const;
}

const firstDay = 20_000;
const payment: Omit<PaymentEvent, 'at' | 'amount'> = {
  ...{ kind: 'payment', card: 'card', buyer: 'buyer', device: 'device', address: 'address' },
  ...{ countriesDiffer: false, byGiftCard: false },
};
