import type { PaymentStatus } from '../payments/payment.ts';

/** Who says whether a payment was fraud: what cardholders say counts most, a colleague's guess least. */
export const labelSources = ['dispute', 'fraud_notice', 'review'] as const;
export type LabelSource = (typeof labelSources)[number];

/** What became known of a payment. One for each source; the later of two of a source holds. */
export interface Label {
  readonly paymentId: string;
  readonly source: LabelSource;
  readonly isFraud: boolean;
  /** When it became known, RFC 3339 UTC. */
  readonly knownAt: string;
}

/** What all that is known of a payment comes to: undefined where nothing is. */
export function verdictOfLabels(labels: readonly Pick<Label, 'source' | 'isFraud'>[]): boolean | undefined {
  const found = labelSources.flatMap((source) => labels.filter((label) => label.source === source))[0];
  return found?.isFraud;
}

/** A dispute as it stands after something happened to it. */
export interface DisputeFacts {
  readonly paymentId: string;
  readonly kind: string;
  readonly reason: string;
  readonly state: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/**
 * What a dispute tells: fraud where the cardholder says that it was none of theirs and takes the money back, unless we won it by
 * showing that it was. Undefined for what is no question of fraud, and for an inquiry, which may come to nothing.
 */
export function labelOfDispute({ paymentId, kind, reason, state, at }: DisputeFacts): Label | undefined {
  if (kind !== 'chargeback' || reason !== 'fraudulent') return undefined;
  return { paymentId, source: 'dispute', isFraud: state !== 'won', knownAt: at };
}

/** Whether a payment was fraud, by what is known of it; undefined where nothing is, and nobody would complain either (wasPaid). */
export function whatItWas({
  labels,
  isPaid,
}: {
  readonly labels: readonly Pick<Label, 'source' | 'isFraud'>[];
  readonly isPaid: boolean;
}): boolean | undefined {
  return verdictOfLabels(labels) ?? (isPaid ? false : undefined);
}

const paid: ReadonlySet<PaymentStatus> = new Set<PaymentStatus>([
  'partially_captured',
  'captured',
  'partially_refunded',
  'refunded',
  'disputed',
]);

/**
 * Whether it says something that nobody complained of a payment: its cardholder has paid. Of one that was refused, waits for a person, or
 * was let go (by a reviewer, at a review's deadline, by the merchant) nobody would complain, whatever it was.
 */
export function wasPaid(status: PaymentStatus): boolean {
  return paid.has(status);
}
