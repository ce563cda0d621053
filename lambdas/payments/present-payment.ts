import type { Payment as PaymentAnswer } from '../../contracts/payments.ts';
import { exactNumber } from '../../core/payments/messages.ts';
import type { Payment } from '../../core/payments/payment.ts';
import { authorizationReference } from '../../core/payments/payment.ts';
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
    tenders: [
      {
        type: 'card',
        amount,
        token: payment.tender.tokenId,
        brand: payment.tender.brand,
        last4: payment.tender.last4,
        reference: authorizationReference(payment.id, payment.attempt),
      },
    ],
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
