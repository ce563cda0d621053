import * as z from 'zod';
import { cancelAuthorization } from '../../core/payments/resolve-authorization.ts';
import { resolutionOrder } from '../../core/payments/messages.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';
import { configuredAcquirer } from './acquirer.ts';

const environment = z.object({ ACQUIRER_URL: z.url() });
export type Environment = z.input<typeof environment>;

const acquirer = configuredAcquirer(readEnvironment(environment).ACQUIRER_URL);

export const handler = taskHandler(resolutionOrder, (order) => cancelAuthorization(acquirer, order));
