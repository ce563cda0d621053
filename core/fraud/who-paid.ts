import { authorizationOrderOf } from '../payments/new-payment.ts';
import type { PaymentStore } from '../payments/ports.ts';
import type { TakingPart } from './ports.ts';
import { takingPartOf } from './taking-part.ts';

type History = NonNullable<Awaited<ReturnType<PaymentStore['history']>>>;

/** Who took part in a payment that was made; undefined where it is not known any more where its buyer was. */
export function whoPaid({ payment, transitions }: History): TakingPart | undefined {
  // The payment's own until its first outcome, which keeps it from then on.
  const context = payment.context ?? transitions.find((each) => each.context)?.context;
  return context && takingPartOf(authorizationOrderOf(payment, context));
}
