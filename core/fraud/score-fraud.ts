import type { FraudAssessment, FraudScorer } from './assessment.ts';

/** What a velocity is counted by, and of whom. */
export interface VelocityKey {
  readonly entity: 'card' | 'address' | 'device';
  readonly value: string;
}

export interface VelocityCounts {
  readonly attempts: number;
  readonly declines: number;
}

/** Counts per hour. A payment counts once, however often it is told. */
export interface Velocity {
  /** Counts an attempt and answers all of this hour's, this one included. */
  countAttempt(key: VelocityKey, paymentId: string, now: Date): Promise<VelocityCounts>;
}

export interface ScoreOrder {
  readonly paymentId: string;
  /** Absent where no card pays. */
  readonly fingerprint?: string | undefined;
  readonly amount: bigint;
  readonly currency: string;
  readonly ip: string;
  readonly deviceId: string;
  readonly billingCountry: string;
  readonly shippingCountry: string;
}

/** The things that a payment's velocity is counted by, besides its card. */
function velocityKeys(order: Pick<ScoreOrder, 'ip' | 'deviceId'>) {
  return {
    address: { entity: 'address', value: order.ip },
    device: { entity: 'device', value: order.deviceId },
  } as const;
}

/** What a card's velocity is counted by. */
export function cardKey({ fingerprint }: { readonly fingerprint: string }): VelocityKey {
  return { entity: 'card', value: fingerprint };
}

const noCard: VelocityCounts = { attempts: 0, declines: 0 };

/**
 * Scores a payment.
 *
 * Primary course:
 * 1. It is counted for its card, network address and device, all at once.
 * 2. The scorer turns counts and amount into a score, a decision and reasons for people.
 */
export async function scoreFraud(
  { velocity, scorer }: { readonly velocity: Velocity; readonly scorer: FraudScorer },
  order: ScoreOrder,
  now: Date,
): Promise<FraudAssessment> {
  const keys = velocityKeys(order);
  const [card, address, device] = await Promise.all([
    order.fingerprint === undefined
      ? noCard
      : velocity.countAttempt(cardKey({ fingerprint: order.fingerprint }), order.paymentId, now),
    velocity.countAttempt(keys.address, order.paymentId, now),
    velocity.countAttempt(keys.device, order.paymentId, now),
  ]);
  return scorer.score({
    amount: order.amount,
    currency: order.currency,
    billingCountry: order.billingCountry,
    shippingCountry: order.shippingCountry,
    cardAttempts: card.attempts,
    cardDeclines: card.declines,
    addressAttempts: address.attempts,
    deviceAttempts: device.attempts,
  });
}
