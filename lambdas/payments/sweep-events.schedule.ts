import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoDBClient, createDynamoDBStreamsClient } from '../../adapters/dynamodb/client.ts';
import { dynamoStreamReader } from '../../adapters/dynamodb/stream-reader.ts';
import { streamedTransitions } from '../../adapters/dynamodb/streamed-transitions.ts';
import { toTransition } from '../../adapters/dynamodb/transition-item.ts';
import { dynamoTransitionLog } from '../../adapters/dynamodb/transition-log.ts';
import { eventBridgePublisher } from '../../adapters/events/event-publisher.ts';
import { sqsUnpublishedBatches } from '../../adapters/sqs/unpublished-batches.ts';
import { sweepEvents } from '../../core/events/sweep-events.ts';
import { readEnvironment } from '../house/environment.ts';
import { endSweep, isTimeLeft } from '../house/sweep.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  EVENT_BUS_NAME: z.string(),
  UNPUBLISHED_QUEUE_URL: z.url(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  batches: sqsUnpublishedBatches(settings.UNPUBLISHED_QUEUE_URL),
  streamed: streamedTransitions(dynamoStreamReader(createDynamoDBStreamsClient()), toTransition),
  log: dynamoTransitionLog(createDynamoDBClient(), settings.PAYMENTS_TABLE_NAME, toTransition),
  publisher: eventBridgePublisher(settings.EVENT_BUS_NAME),
};

export const handler = taskHandler(z.unknown(), async (_event, context: Context) =>
  endSweep(await sweepEvents(dependencies, isTimeLeft(context))),
);
