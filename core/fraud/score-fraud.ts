import type { ModelWord } from './assess.ts';
import { askModel, assess } from './assess.ts';
import { burstFeatures } from './features/bursts.ts';
import { newCard } from './features/card-profile.ts';
import type { FeatureState } from './features/features.ts';
import { features, featureSchemaHash } from './features/features.ts';
import { keepFeatures } from './features/kept-features.ts';
import { newSeller } from './features/seller-profile.ts';
import { newSource, sourceFeatures } from './features/source-profile.ts';
import { verdictOf } from './list-entry.ts';
import type { FraudModel } from './model/fraud-model.ts';
import type { Counted, FraudMemory, Recalled, ScoreOrder } from './ports.ts';
import type { Scored } from './scored.ts';
import { defaultSettings } from './settings.ts';
import { daysOf, paymentEventOf, takingPartOf } from './taking-part.ts';

export interface ScoreDependencies {
  readonly memory: FraudMemory;
  /** None where there is no model that fits: the rules decide alone. */
  readonly model: FraudModel | undefined;
  /** Answers undefined for what fails, or takes longer than scoring may wait for it. */
  readonly inTime: <T>(work: Promise<T>) => Promise<T | undefined>;
}

/**
 * Scores a payment.
 *
 * Primary course:
 * 1. It is counted for its card and its device; at the same time what is remembered of all who take part is read.
 * 2. The model tells how probable fraud is, and rules and costs make a decision of it, with reasons for people.
 *
 * What is remembered may be late or fail to come: then the rules decide alone, by the default limits and without lists, and the
 * assessment says so. Counting may not.
 */
export async function scoreFraud(dependencies: ScoreDependencies, order: ScoreOrder, now: Date): Promise<Scored> {
  const { memory, model, inTime } = dependencies;
  const at = daysOf(now);
  const takingPart = takingPartOf(order);
  const event = paymentEventOf(order, takingPart, at);
  const [counted, recalled] = await Promise.all([
    memory.count(order.paymentId, takingPart, at),
    inTime(memory.recall(takingPart, at)),
  ]);
  const { settings = defaultSettings, listed = [], reviewsToday = 0, ...known } = recalled ?? {};
  const state = stateOf(counted, known, at);
  const [, cardPayments = 0, , cardDeclines = 0] = burstFeatures(state.cardBursts, at, event.device);
  const [, devicePayments = 0] = burstFeatures(state.deviceBursts, at, event.card);
  const [, addressPayments = 0] = sourceFeatures(state.address, event);
  const facts = {
    ...order,
    // What was counted by halves of hours is a whole number to whoever reads of it; this payment is one more.
    cardAttempts: Math.round(cardPayments + 1),
    deviceAttempts: Math.round(devicePayments + 1),
    addressAttempts: Math.round(addressPayments + 1),
    cardDeclines: Math.round(cardDeclines),
    listed: verdictOf(listed, now),
  };
  const vector = recalled && features(state, event);
  const word: ModelWord | undefined = vector && model && askModel(model, vector);
  return {
    assessment: assess(facts, word, settings, reviewsToday),
    ...(vector && { features: keepFeatures(featureSchemaHash, vector) }),
  };
}

/** What is remembered, with newcomers as new. */
export function stateOf(counted: Counted, recalled: Recalled, at: number): FeatureState {
  const { card, seller, buyer, address, cardBefore, deviceBefore } = recalled;
  return {
    card: card ?? newCard(at),
    cardBursts: { today: counted.card, ...(cardBefore && { before: cardBefore }) },
    seller: seller ?? newSeller(at),
    deviceBursts: { today: counted.device, ...(deviceBefore && { before: deviceBefore }) },
    buyer: buyer ?? newSource(at),
    address: address ?? newSource(at),
  };
}
