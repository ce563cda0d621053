import type * as z from 'zod';
import { movementRoutes } from '../../contracts/movements.ts';
import { movePayment } from '../../core/payments/movements/move-payment.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { movementDependencies, movementEnvironment } from './movement-dependencies.ts';
import { toProblem } from './movement-refusals.ts';
import { presentPayment } from './present-payment.ts';

export type Environment = z.input<typeof movementEnvironment>;

const dependencies = movementDependencies(readEnvironment(movementEnvironment));

export const handler = apiHandler(movementRoutes.voidPayment, async (request) => {
  const { principal, path, idempotencyKey, requestId, now } = request;
  const result = await movePayment(
    dependencies,
    { principal, paymentId: path.id, kind: 'void', idempotencyKey, requestId, isFinal: false },
    now,
  );
  if (result.kind !== 'moved') throw toProblem('void', result);
  const { payment, movement, replayed } = result;
  return {
    status: movement.state === 'pending' ? 202 : 200,
    body: presentPayment(payment),
    headers: replayed ? { 'idempotent-replayed': 'true' } : {},
  };
});
