import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { isLabelItem, toLabel } from '../../adapters/dynamodb/label-item.ts';
import { isPaymentItem } from '../../adapters/dynamodb/payment-item.ts';
import { toTransition } from '../../adapters/dynamodb/transition-item.ts';
import { featureNames, featureSchemaHash } from '../../core/fraud/features/features.ts';
import { vectorOf } from '../../core/fraud/features/kept-features.ts';
import { wasPaid, whatItWas } from '../../core/fraud/label.ts';
import { paymentStatuses } from '../../core/payments/payment.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import type { Examples } from '../training/train-forest.ts';

const paymentStatus = z.enum(paymentStatuses);

/** A payment as it was scored, and what it turned out to be. */
export interface KeptPayment {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly vector: readonly number[];
  readonly isFraud: boolean;
}

export interface KeptPayments {
  /** In the order of their times. */
  readonly payments: readonly KeptPayment[];
  /** Of other features than those of this release. */
  readonly ofOtherFeatures: number;
  /** So young that somebody may still complain. */
  readonly tooYoung: number;
  /** Nobody has paid them: refused, let go, or waiting. Nobody would complain of them. */
  readonly unpaid: number;
}

/**
 * The payments that a model can learn from, of the items of the payments' and the fraud table. A label says what a payment was;
 * without one it was genuine once nobody has complained for so many days.
 */
export function keptPayments(
  items: readonly Record<string, AttributeValue>[],
  { asOf, matureDays }: { readonly asOf: Date; readonly matureDays: number },
): KeptPayments {
  const labels = Map.groupBy(items.filter(isLabelItem).map(toLabel), ({ paymentId }) => paymentId);
  const matureBefore = new Date(asOf.getTime() - matureDays * 86_400_000).toISOString();
  const scored = items.filter((item) => item['features'] !== undefined).map(toTransition);
  const paid = new Set(
    items.filter(isPaymentItem).flatMap(({ pk, status }) => (wasPaid(paymentStatus.parse(status?.S)) ? pk?.S : [])),
  );
  const known = scored.flatMap((transition) => {
    const said = labels.get(transition.paymentId) ?? [];
    const isFraud = whatItWas({ labels: said, isPaid: paid.has(transition.paymentId) });
    const isMature = said.length > 0 || transition.occurredAt < matureBefore;
    return isFraud === undefined ? [] : [{ transition, isFraud, isMature }];
  });
  const mature = known.filter(({ isMature }) => isMature);
  const fitting = mature.filter(({ transition }) => transition.features?.schema === featureSchemaHash);
  return {
    payments: fitting
      .map(({ transition, isFraud }) => ({ at: transition.occurredAt, vector: vectorIn(transition), isFraud }))
      .toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at))),
    ofOtherFeatures: mature.length - fitting.length,
    tooYoung: known.length - mature.length,
    unpaid: scored.length - known.length,
  };
}

function vectorIn({ features }: StoredTransition): readonly number[] {
  return features ? vectorOf(features) : [];
}

/** What was found, for people. */
export function describeKept({ payments, ofOtherFeatures, tooYoung, unpaid }: KeptPayments): readonly string[] {
  const frauds = payments.filter(({ isFraud }) => isFraud).length;
  return [
    `${payments.length} payments to learn from, ${frauds} of them fraud`,
    `left out: ${tooYoung} too young, ${unpaid} unpaid, ${ofOtherFeatures} of other features`,
  ];
}

const heldOutShare = 0.25;
/** With fewer frauds a model learns chance, and nobody can tell how good it is. */
const [leastTrainingFrauds, leastHeldOutFrauds] = [50, 10];

/** The older three quarters for training, and the newest held out. */
export function splitByTime(
  payments: readonly KeptPayment[],
):
  | { readonly kind: 'split'; readonly training: Examples; readonly heldOut: Examples }
  | { readonly kind: 'tooFew'; readonly reason: string } {
  const border = Math.floor(payments.length * (1 - heldOutShare));
  const [training, heldOut] = [examplesOf(payments.slice(0, border)), examplesOf(payments.slice(border))];
  const [inTraining, inHeldOut] = [fraudsIn(training), fraudsIn(heldOut)];
  if (inTraining < leastTrainingFrauds || inHeldOut < leastHeldOutFrauds) {
    const least = `${leastTrainingFrauds} and ${leastHeldOutFrauds} are needed`;
    const reason = `Too few frauds are known: ${inTraining} to learn from and ${inHeldOut} to test with; ${least}.`;
    return { kind: 'tooFew', reason };
  }
  return { kind: 'split', training, heldOut };
}

function fraudsIn({ labels }: Examples): number {
  return labels.reduce((sum, label) => sum + label, 0);
}

function examplesOf(payments: readonly KeptPayment[]): Examples {
  return {
    columns: featureNames.map((_, place) => Float64Array.from(payments, ({ vector }) => vector[place] ?? 0)),
    labels: Uint8Array.from(payments, ({ isFraud }) => (isFraud ? 1 : 0)),
  };
}
