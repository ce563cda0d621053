import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoResolutionQueue } from '../../adapters/dynamodb/resolution-queue.ts';
import { stepFunctionsResolutionWorkflow } from '../../adapters/step-functions/resolution-workflow.ts';
import { startResolutions } from '../../core/payments/start-resolutions.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ PAYMENTS_TABLE_NAME: z.string(), RESOLVE_PAYMENT_STATE_MACHINE_ARN: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  queue: dynamoResolutionQueue(createDynamoDBClient(), settings.PAYMENTS_TABLE_NAME),
  workflow: stepFunctionsResolutionWorkflow(settings.RESOLVE_PAYMENT_STATE_MACHINE_ARN),
};
/** Left for the last start to finish before the function's own time is over. */
const reserveMilliseconds = 5_000;

export const handler = taskHandler(z.unknown(), async (_event, context: Context) => {
  const isTimeLeft = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const { started, failed } = await startResolutions(dependencies, new Date(), isTimeLeft);
  if (started > 0) log.info('resolutions started', { started });
  for (const { paymentId, error } of failed) log.error('resolution not started', { paymentId, error });
  // All others have their rounds by now; failing rings the alarm, and a minute later these are tried again.
  if (failed.length > 0) throw new ResolutionsNotStarted(`${failed.length} of ${failed.length + started} rounds`);
  return { started };
});

class ResolutionsNotStarted extends Error {
  override readonly name = 'ResolutionsNotStarted';
}
