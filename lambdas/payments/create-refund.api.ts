import type * as z from 'zod';
import { movementRoutes } from '../../contracts/movements.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { moveAndAnswer } from './move-and-answer.ts';
import { movementDependencies, movementEnvironment } from './movement-dependencies.ts';
import { presentRefund } from './present-movement.ts';

export type Environment = z.input<typeof movementEnvironment>;

const dependencies = movementDependencies(readEnvironment(movementEnvironment));

export const handler = apiHandler(movementRoutes.createRefund, ({ body, ...request }) => {
  const asked = { kind: 'refund', amount: body.amount, isFinal: false, reason: body.reason } as const;
  return moveAndAnswer(dependencies, request, asked, 201, presentRefund);
});
