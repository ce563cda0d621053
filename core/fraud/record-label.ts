import { roughEuroCents } from '../money/rough-euros.ts';
import type { PaymentStore } from '../payments/ports.ts';
import { featureNames, featureSchemaHash } from './features/features.ts';
import type { KeptFeatures } from './features/kept-features.ts';
import { vectorOf } from './features/kept-features.ts';
import type { Label } from './label.ts';
import type { LabelBook, ProfileBook } from './ports.ts';
import { rememberAll } from './remember.ts';
import { daysOf } from './taking-part.ts';
import { whoPaid } from './who-paid.ts';

export interface RecordLabelDependencies {
  readonly labels: Pick<LabelBook, 'write'>;
  readonly payments: Pick<PaymentStore, 'history'>;
  readonly book: ProfileBook;
  readonly backOff: (attempt: number) => Promise<void>;
}

/**
 * Keeps what became known of a payment, for training and for measuring.
 *
 * Primary course:
 * 1. The label is written, unless a later one of the same source is there.
 * 2. The profiles of its card and its seller are told of a fraud, once for each payment, whoever says so.
 *
 * May run any number of times, and in any order.
 */
export async function recordLabel(
  { labels, payments, ...profiles }: RecordLabelDependencies,
  label: Label,
): Promise<'kept' | 'paymentUnknown'> {
  const history = await payments.history(label.paymentId);
  if (!history) return 'paymentUnknown';
  await labels.write(label);
  const takingPart = whoPaid(history);
  if (!label.isFraud || !takingPart) return 'kept';
  const { payment, transitions } = history;
  const event = {
    kind: 'fraud_known',
    at: daysOf(new Date(label.knownAt)),
    amount: roughEuroCents(payment.amount, payment.currency),
    ratio: ratioIn(transitions.find((each) => each.features)?.features),
  } as const;
  await rememberAll(profiles, [{ id: `${payment.id} fraud`, takingPart, event }]);
  return 'kept';
}

const placeOfRatio = featureNames.indexOf('amount_ratio');

/** How many times what its card usually paid the payment was, when it was scored; as usual where that was not kept. */
function ratioIn(features: KeptFeatures | undefined): number {
  if (features?.schema !== featureSchemaHash) return 1;
  return vectorOf(features)[placeOfRatio] ?? 1;
}
