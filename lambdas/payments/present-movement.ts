import type { Capture, Refund } from '../../contracts/movements.ts';
import type { Payment as PaymentAnswer } from '../../contracts/payments.ts';
import { exactNumber } from '../../core/payments/messages.ts';
import type { Movement } from '../../core/payments/movements/movement.ts';
import { movementReference } from '../../core/payments/movements/movement.ts';
import type { Payment } from '../../core/payments/payment.ts';
import { partsOf, sharesOf } from '../../core/payments/tenders/tender-share.ts';

/** A capture as the API shows it, with the payment as it left it. */
export function presentCapture(payment: Payment, movement: Movement): Capture {
  return { object: 'capture', ...presentMovement(payment, movement), final: movement.isFinal };
}

/** A refund as the API shows it, with the payment as it left it. */
export function presentRefund(payment: Payment, movement: Movement): Refund {
  const { reason } = movement;
  return { object: 'refund', ...presentMovement(payment, movement), ...(reason === undefined ? {} : { reason }) };
}

function presentMovement(payment: Payment, movement: Movement) {
  return {
    ...line(payment, movement),
    currency: payment.currency,
    payment: {
      id: payment.id,
      status: payment.status,
      amountAuthorized: exactNumber(payment.amountAuthorized),
      amountCaptured: exactNumber(payment.amountCaptured),
      amountRefunded: exactNumber(payment.amountRefunded),
      version: payment.version,
    },
    // A movement changes once: from under way to ended.
    version: movement.state === 'pending' ? 1 : 2,
  };
}

/** The captures and refunds of a payment, in the order in which they were begun. */
export function presentMovements(payment: Payment): Pick<PaymentAnswer, 'captures' | 'refunds'> {
  const all = Object.values(payment.movements).toSorted((one, other) => (one.begunAt < other.begunAt ? -1 : 1));
  return {
    captures: all
      .filter(({ kind }) => kind === 'capture')
      .map((each) => ({ ...line(payment, each), final: each.isFinal })),
    refunds: all
      .filter(({ kind }) => kind === 'refund')
      .map((each) => ({ ...line(payment, each), ...(each.reason === undefined ? {} : { reason: each.reason }) })),
  };
}

function line(payment: Payment, movement: Movement) {
  const { id, amount, state, failureCode, begunAt } = movement;
  return {
    id,
    amount: exactNumber(amount),
    status: state === 'pending' ? 'processing' : state,
    ...(failureCode === undefined ? {} : { failureCode }),
    reference: movementReference(payment.id, movement),
    allocation: presentAllocation(payment, movement),
    createdAt: begunAt,
  } as const;
}

/** What each tender has of it; tenders that it leaves alone are left out. */
function presentAllocation(payment: Payment, movement: Movement): Capture['allocation'] {
  const parts = partsOf(movement);
  return sharesOf(payment).flatMap(({ giftCardId }, index): Capture['allocation'] => {
    const amount = exactNumber(parts[index]?.amount ?? 0n);
    if (amount === 0) return [];
    return [giftCardId === undefined ? { type: 'card', amount } : { type: 'gift_card', giftCardId, amount }];
  });
}
