import type * as z from 'zod';
import { movementRoutes } from '../../contracts/movements.ts';
import { movePayment } from '../../core/payments/movements/move-payment.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { movementDependencies, movementEnvironment } from './movement-dependencies.ts';
import { toProblem } from './movement-refusals.ts';
import { presentRefund } from './present-movement.ts';

export type Environment = z.input<typeof movementEnvironment>;

const dependencies = movementDependencies(readEnvironment(movementEnvironment));

export const handler = apiHandler(movementRoutes.createRefund, async (request) => {
  const { principal, path, idempotencyKey, requestId, body, now } = request;
  const result = await movePayment(
    dependencies,
    {
      principal,
      paymentId: path.id,
      kind: 'refund',
      idempotencyKey,
      requestId,
      amount: body.amount === undefined ? undefined : BigInt(body.amount),
      isFinal: false,
      reason: body.reason,
    },
    now,
  );
  if (result.kind !== 'moved') throw toProblem('refund', result);
  const { payment, movement, replayed } = result;
  return {
    status: movement.state === 'pending' ? 202 : 201,
    body: presentRefund(payment, movement),
    headers: replayed ? { 'idempotent-replayed': 'true' } : {},
  };
});
