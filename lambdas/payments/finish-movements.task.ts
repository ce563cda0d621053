import * as z from 'zod';
import { finishMovements } from '../../core/payments/movements/finish-movements.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';
import { movementDependencies, movementEnvironment } from './movement-dependencies.ts';

export type Environment = z.input<typeof movementEnvironment>;

const dependencies = movementDependencies(readEnvironment(movementEnvironment));

const input = z.object({ paymentId: z.string() });

export const handler = taskHandler(input, async ({ paymentId }) => ({
  ended: await finishMovements(dependencies, paymentId, new Date()),
}));
