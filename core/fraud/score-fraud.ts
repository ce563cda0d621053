import type { FraudAssessment } from './assessment.ts';
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
import type { Counted, FraudMemory, Recalled, ScoreOrder } from './ports.ts';
import type { AskedModels, Scored } from './scored.ts';
import { rolesAtFirst } from './serving/model-roles.ts';
import type { ModelServer, NamedModel } from './serving/serve-models.ts';
import { defaultSettings } from './settings.ts';
import { daysOf, paymentEventOf, takingPartOf } from './taking-part.ts';

export interface ScoreDependencies {
  readonly memory: FraudMemory;
  readonly models: ModelServer;
  /** Answers undefined for what fails, or takes longer than scoring may wait for it, counted from the call. */
  readonly inTime: <T>(work: Promise<T>) => Promise<T | undefined>;
}

/**
 * Scores a payment.
 *
 * Primary course:
 * 1. It is counted for its card and its device; at the same time what is remembered of all who take part is read.
 * 2. The champion tells how probable fraud is, and rules and costs make a decision of it, with reasons for people.
 * 3. What they would make of the challenger's word is written down beside it.
 *
 * What is remembered may be late or fail to come: then the rules decide alone, by the default limits and without lists, and the
 * assessment says so. In place of a champion that is late the shipped model decides; a challenger that is late says nothing. Counting may not be late.
 */
export async function scoreFraud(dependencies: ScoreDependencies, order: ScoreOrder, now: Date): Promise<Scored> {
  const { memory, models: server, inTime } = dependencies;
  const at = daysOf(now);
  const takingPart = takingPartOf(order);
  const event = paymentEventOf(order, takingPart, at);
  const recalling = memory.recall(takingPart, at);
  const roles = recalling.then(
    (recalled) => recalled.roles ?? rolesAtFirst,
    () => rolesAtFirst,
  );
  // All waits begin now, and each ends by itself: what operators say counts without models, and the champion without its challenger.
  const [counted, recalled, champion = server.shipped, challenger] = await Promise.all([
    memory.count(order.paymentId, takingPart, at),
    inTime(recalling),
    inTime(roles.then((known) => server.champion(known))),
    inTime(roles.then((known) => server.challenger(known))),
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
  const decide = (word: ModelWord | undefined) => assess(facts, word, settings, reviewsToday);
  const ask = (named: NamedModel | undefined) => vector && named && askModel(named.model, vector);
  const assessment = decide(ask(champion));
  const models = champion && vector && askedModels(champion.id, challenger?.id, () => decide(ask(challenger)));
  return {
    assessment,
    ...(vector && { features: keepFeatures(featureSchemaHash, vector) }),
    ...(models && { models }),
  };
}

function askedModels(champion: string, challenger: string | undefined, decide: () => FraudAssessment): AskedModels {
  if (challenger === undefined) return { champion };
  const { score, decision } = decide();
  return { champion, challenger: { model: challenger, score, decision } };
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
