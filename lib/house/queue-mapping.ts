import type { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { HouseFunction } from './function.ts';
import type { HouseQueue } from './queue.ts';

export interface QueueMappingProps {
  readonly queue: HouseQueue;
  readonly target: HouseFunction;
  /** How many messages are handed over at most, and how long the first waits for others. */
  readonly batches: { readonly size: number; readonly window: Duration };
}

/**
 * Hands a queue's messages to a function, with partial answers. What fails comes again after the queue's visibility
 * time-out and ends in its dead letters, which have an alarm; so has a queue whose messages wait too long.
 */
export class QueueMapping extends Construct {
  constructor(scope: Construct, id: string, { queue, target, batches }: QueueMappingProps) {
    super(scope, id);
    target.may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
    const mapping = new EventSourceMapping(this, 'Resource', {
      target: target.function,
      eventSourceArn: queue.queueArn,
      batchSize: batches.size,
      maxBatchingWindow: batches.window,
      reportBatchItemFailures: true,
    });
    acknowledge(
      mapping,
      'Serverless-LambdaEventSourceMappingDestination',
      'What fails stays in its queue and ends in the dead letters of that: Lambda offers no other destination for it.',
    );
    // A mapping is refused by Lambda while its function may not yet read the queue.
    mapping.node.addDependency(target.role);
  }
}
