import type { Clock } from '../kernel/clock.ts';
import type { Dispatch, Resource } from '../kernel/service.ts';
import type { FunctionDefinition } from './function-definition.ts';

/** An asynchronous invocation that has failed for good. */
export interface Failure {
  readonly id: string;
  readonly payload: string;
  readonly attempts: number;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
  /** The last attempt's error as JSON text; null when the event only grew too old. */
  readonly outcome: string | null;
}

export interface FailureDestinationsOptions {
  readonly resources: readonly Resource[];
  readonly dispatch: Dispatch;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** An attribute of an SQS message may be far longer; Lambda cuts this one at a kilobyte. */
const longestErrorMessage = 1_024;

/**
 * Sends failed asynchronous invocations on: the event alone to the function's dead-letter queue, a record of the
 * invocation to its on-failure destination. Both are sent under the function's own role, as Lambda does.
 */
export function createFailureDestinations(options: FailureDestinationsOptions) {
  const queueUrls = new Map(
    options.resources.filter(({ type }) => type === 'AWS::SQS::Queue').map(({ arn, physicalId }) => [arn, physicalId]),
  );

  /** Throws when a destination did not take the event; the caller tries again, so a queue may get it twice. */
  return async function sendFailure(definition: FunctionDefinition, failure: Failure): Promise<void> {
    const { deadLetterQueueArn, onFailureQueueArn } = definition.asynchronous;
    if (deadLetterQueueArn === undefined && onFailureQueueArn === undefined) {
      options.log(`An event of ${definition.name} failed for good (${failure.condition}) and has no queue to go to.`);
    }
    const send = async (queueArn: string, message: Message) => {
      const QueueUrl = queueUrls.get(queueArn);
      if (QueueUrl === undefined) throw new Error(`There is no queue ${queueArn}.`);
      const caller = { kind: 'role', roleArn: definition.roleArn } as const;
      await options.dispatch('sqs', { operation: 'SendMessage', input: { QueueUrl, ...message }, caller });
    };
    if (deadLetterQueueArn !== undefined) await send(deadLetterQueueArn, deadLetter(failure));
    if (onFailureQueueArn !== undefined)
      await send(onFailureQueueArn, invocationRecord(definition, failure, options.clock.now()));
  };
}

interface Message {
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
}

function deadLetter(failure: Failure): Message {
  return {
    MessageBody: failure.payload,
    MessageAttributes: {
      RequestID: { DataType: 'String', StringValue: failure.id },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: {
        DataType: 'String',
        StringValue: (failure.outcome ?? failure.condition).slice(0, longestErrorMessage),
      },
    },
  };
}

/** The record of AWS's documentation, "Capturing records of Lambda asynchronous invocations". */
function invocationRecord(definition: FunctionDefinition, failure: Failure, now: number): Message {
  const requestPayload: unknown = JSON.parse(failure.payload);
  const responsePayload: unknown = failure.outcome === null ? undefined : JSON.parse(failure.outcome);
  return {
    MessageBody: JSON.stringify({
      version: '1.0',
      timestamp: new Date(now).toISOString(),
      requestContext: {
        requestId: failure.id,
        functionArn: `${definition.arn}:$LATEST`,
        condition: failure.condition,
        approximateInvokeCount: failure.attempts,
      },
      requestPayload,
      ...(responsePayload !== undefined && {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload,
      }),
    }),
  };
}
