import { randomUUID } from 'node:crypto';
import { queueUrlOf } from '../event-bus/targets.ts';
import type { Dispatch } from '../kernel/service.ts';
import type { Part } from './checkpoints.ts';
import type { StreamMapping } from './mapping-definition.ts';
import type { StreamRecord } from './stream-reader.ts';

export interface Discarded {
  readonly condition: NonNullable<Part['discarded']>;
  readonly part: Part;
  /** The records that the function should have had, at least one. */
  readonly records: readonly [StreamRecord, ...StreamRecord[]];
  readonly shardId: string;
  readonly now: number;
}

/**
 * Tells the destination for failures where in the stream the discarded records are, as AWS does: the message holds no
 * record. https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function sendToFailureDestination(
  dispatch: Dispatch,
  { onFailureArn, functionArn, roleArn, sourceArn }: StreamMapping,
  { condition, part, records, shardId, now }: Discarded,
): Promise<void> {
  if (onFailureArn === undefined) return;
  const [first] = records;
  const last = records.at(-1) ?? first;
  const message = {
    requestContext: {
      requestId: randomUUID(),
      functionArn,
      condition,
      approximateInvokeCount: part.attempts,
    },
    ...(part.functionError === undefined
      ? {}
      : { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: part.functionError } }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.sequence,
      endSequenceNumber: last.sequence,
      approximateArrivalOfFirstRecord: toTime(first.createdAt),
      approximateArrivalOfLastRecord: toTime(last.createdAt),
      batchSize: records.length,
      streamArn: sourceArn,
    },
  };
  await dispatch('sqs', {
    operation: 'SendMessage',
    input: { QueueUrl: queueUrlOf(onFailureArn), MessageBody: JSON.stringify(message) },
    caller: { kind: 'role', roleArn },
  });
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/u, 'Z');
}
