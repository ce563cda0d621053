import * as z from 'zod';
import { parseJson } from '../kernel/json.ts';
import type { JsonObject, Resource } from '../kernel/service.ts';

/** A queue as the template wants it. Times are in seconds, sizes in bytes. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly waitTimeSeconds: number;
  readonly retentionSeconds: number;
  readonly maximumMessageBytes: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maximumReceives: number } | undefined;
}

const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int().min(1) });

/** CloudFormation takes numbers as text too; the defaults are AWS's. */
const queueProperties = z.object({
  VisibilityTimeout: z.coerce.number().int().min(0).max(43_200).default(30),
  DelaySeconds: z.coerce.number().int().min(0).max(900).default(0),
  ReceiveMessageWaitTimeSeconds: z.coerce.number().int().min(0).max(20).default(0),
  MessageRetentionPeriod: z.coerce.number().int().min(60).max(1_209_600).default(345_600),
  MaximumMessageSize: z.coerce.number().int().min(1_024).max(1_048_576).default(1_048_576),
  RedrivePolicy: z
    .union([redrivePolicy, z.string().transform((text) => redrivePolicy.parse(parseJson(text)))])
    .optional(),
});

/**
 * The queues of the template by name.
 *
 * @throws Error for a FIFO queue, and for a dead-letter queue that is not in the template.
 */
export function readQueues(resources: readonly Resource[]): ReadonlyMap<string, Queue> {
  const queues = resources.filter(({ type }) => type === 'AWS::SQS::Queue').map(readQueue);
  const arns = new Set(queues.map(({ arn }) => arn));
  for (const { name, redrive } of queues) {
    if (redrive === undefined || arns.has(redrive.deadLetterArn)) continue;
    throw new Error(`The dead-letter queue ${redrive.deadLetterArn} of queue ${name} is not in the template.`);
  }
  return new Map(queues.map((queue) => [queue.name, queue]));
}

function readQueue(resource: Resource): Queue {
  const name = resource.arn.split(':').at(-1) ?? resource.physicalId;
  if (isFifo(resource.properties) || name.endsWith('.fifo')) {
    throw new Error(`The queue ${name} is a FIFO queue: the embedded cloud serves standard queues alone.`);
  }
  const properties = queueProperties.parse(resource.properties);
  const redrive = properties.RedrivePolicy;
  return {
    name,
    arn: resource.arn,
    url: resource.physicalId,
    visibilityTimeoutSeconds: properties.VisibilityTimeout,
    delaySeconds: properties.DelaySeconds,
    waitTimeSeconds: properties.ReceiveMessageWaitTimeSeconds,
    retentionSeconds: properties.MessageRetentionPeriod,
    maximumMessageBytes: properties.MaximumMessageSize,
    redrive: redrive && { deadLetterArn: redrive.deadLetterTargetArn, maximumReceives: redrive.maxReceiveCount },
  };
}

function isFifo(properties: JsonObject): boolean {
  const { FifoQueue } = properties;
  return FifoQueue === true || FifoQueue === 'true';
}
