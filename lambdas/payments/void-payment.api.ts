import type * as z from 'zod';
import { movementRoutes } from '../../contracts/movements.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { moveAndAnswer } from './move-and-answer.ts';
import { movementDependencies, movementEnvironment } from './movement-dependencies.ts';
import { presentPayment } from './present-payment.ts';

export type Environment = z.input<typeof movementEnvironment>;

const dependencies = movementDependencies(readEnvironment(movementEnvironment));

export const handler = apiHandler(movementRoutes.voidPayment, (request) =>
  moveAndAnswer(dependencies, request, { kind: 'void', isFinal: false }, 200, presentPayment),
);
