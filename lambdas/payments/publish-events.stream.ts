import * as z from 'zod';
import { toTransition } from '../../adapters/dynamodb/transition-item.ts';
import { eventBridgePublisher } from '../../adapters/events/event-publisher.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';
import { streamEvent } from './stream-event.ts';

const environment = z.object({ EVENT_BUS_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const publisher = eventBridgePublisher(readEnvironment(environment).EVENT_BUS_NAME);

/**
 * Announces each new transition. What EventBridge did not take is reported back by the first such record: the stream
 * comes again from there, and consumers know an event that they have seen by its id.
 */
export const handler = taskHandler(streamEvent, async ({ Records: records }) => {
  const transitions = records.map(({ dynamodb }) => toTransition(dynamodb.NewImage));
  const failed = new Set(await publisher.publish(transitions));
  const first = records.find((_, index) => {
    const transition = transitions[index];
    return transition !== undefined && failed.has(transition);
  });
  return { batchItemFailures: first ? [{ itemIdentifier: first.dynamodb.SequenceNumber }] : [] };
});
