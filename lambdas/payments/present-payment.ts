import type { Payment as PaymentAnswer } from '../../contracts/payments.ts';
import { exactNumber } from '../../core/payments/messages.ts';
import type { Payment } from '../../core/payments/payment.ts';
import { authorizationReference } from '../../core/payments/payment.ts';
import { giftCardHoldId } from '../../core/gift-cards/gift-card.ts';
import { sharesOf } from '../../core/payments/tenders/tender-share.ts';
import { presentMovements } from './present-movement.ts';

/** A payment as the API shows it: neither fingerprint nor context, and optional members only where they are known. */
export function presentPayment(payment: Payment): PaymentAnswer {
  const amount = exactNumber(payment.amount);
  const { fraud, declineCode, failureCode, authorizationExpiresAt } = payment;
  return {
    object: 'payment',
    id: payment.id,
    status: payment.status,
    sellerId: payment.sellerId,
    amount,
    currency: payment.currency,
    capture: payment.capture,
    amountAuthorized: exactNumber(payment.amountAuthorized),
    amountCaptured: exactNumber(payment.amountCaptured),
    amountRefunded: exactNumber(payment.amountRefunded),
    tenders: presentTenders(payment),
    ...presentConversion(payment),
    buyer: payment.buyer,
    ...(fraud ? { fraud: { ...fraud, reasons: fraud.reasons.map((reason) => ({ ...reason })) } } : {}),
    ...(declineCode === undefined ? {} : { declineCode }),
    ...(failureCode === undefined ? {} : { failureCode }),
    ...(authorizationExpiresAt === undefined ? {} : { authorizationExpiresAt }),
    ...presentMovements(payment),
    createdAt: payment.createdAt,
    updatedAt: payment.updatedAt,
    version: payment.version,
  };
}

function presentConversion({ conversion }: Payment): Pick<PaymentAnswer, 'conversion'> {
  if (!conversion) return {};
  const { quoteId, rate, currency, proceeds, borneBy } = conversion;
  return { conversion: { quoteId, rate, currency, amount: exactNumber(proceeds), borneBy } };
}

/** What each tender pays, under the reference by which it is held. */
function presentTenders(payment: Payment): PaymentAnswer['tenders'] {
  const { id, attempt, tender } = payment;
  return sharesOf(payment).flatMap(({ giftCardId, amount: share }): PaymentAnswer['tenders'] => {
    const amount = exactNumber(share);
    if (giftCardId !== undefined) {
      return [{ type: 'gift_card', amount, giftCardId, reference: giftCardHoldId(giftCardId, id) }];
    }
    if (!tender) return [];
    const { tokenId: token, brand, last4 } = tender;
    return [{ type: 'card', amount, token, brand, last4, reference: authorizationReference(id, attempt) }];
  });
}
