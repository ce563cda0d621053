import type { Dispute as DisputeAnswer } from '../../contracts/disputes.ts';
import type { Dispute } from '../../core/disputes/dispute.ts';
import { exactNumber } from '../../core/payments/messages.ts';

/** A dispute as operators see it. */
export function presentDispute({
  amount,
  fee,
  feeReturned,
  excess,
  acquirerReference,
  ...rest
}: Dispute): DisputeAnswer {
  return {
    object: 'dispute',
    ...rest,
    amount: exactNumber(amount),
    fee: exactNumber(fee),
    feeReturned: exactNumber(feeReturned),
    amountBeyondCaptured: exactNumber(excess),
    reference: acquirerReference,
  };
}
