import type { Payment } from '../../core/payments/payment.ts';
import type { MovementRequest } from '../../core/payments/movements/begin-movement.ts';
import type { MovePaymentDependencies } from '../../core/payments/movements/move-payment.ts';
import { movePayment } from '../../core/payments/movements/move-payment.ts';
import type { Movement } from '../../core/payments/movements/movement.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { ApiAnswer } from '../house/api-handler.ts';
import { toProblem } from './movement-refusals.ts';

/** What captures, voids and refunds have in common of a request. */
interface MovingRequest {
  readonly principal: Principal;
  readonly path: { readonly id: string };
  readonly idempotencyKey: string;
  readonly requestId: string;
  readonly now: Date;
}

type Asked = Pick<MovementRequest, 'kind' | 'isFinal' | 'reason'> & { readonly amount?: number | undefined };

/**
 * Moves a payment as asked, and answers: with `status` when it is known how that ended, with 202 while it is not. A
 * movement that was not begun throws its problem.
 */
export async function moveAndAnswer(
  dependencies: MovePaymentDependencies,
  { principal, path, idempotencyKey, requestId, now }: MovingRequest,
  { amount, ...asked }: Asked,
  status: 200 | 201,
  present: (payment: Payment, movement: Movement) => object,
): Promise<ApiAnswer> {
  const exactAmount = amount === undefined ? undefined : BigInt(amount);
  const order = { ...asked, principal, paymentId: path.id, idempotencyKey, requestId, amount: exactAmount };
  const result = await movePayment(dependencies, order, now);
  if (result.kind !== 'moved') throw toProblem(asked.kind, result);
  const { payment, movement, replayed } = result;
  return {
    status: movement.state === 'pending' ? 202 : status,
    body: present(payment, movement),
    headers: replayed ? { 'idempotent-replayed': 'true' } : {},
  };
}
