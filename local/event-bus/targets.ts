import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Caller, Dispatch } from '../kernel/service.ts';

/** The retry policy and dead-letter queue of a rule's target or a schedule's, with AWS's defaults. */
export const deliveryProperties = z.object({
  RetryPolicy: z
    .object({
      MaximumRetryAttempts: z.coerce.number().int().min(0).max(185).default(185),
      MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(86_400).default(86_400),
    })
    .default({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 }),
  DeadLetterConfig: z.object({ Arn: z.string().optional() }).default({}),
});
export type DeliveryProperties = z.infer<typeof deliveryProperties>;

/** Where something is delivered, as whom, and what happens when that fails. */
export interface Target {
  /** Names the target for ever: what is stored for it is found again after a restart. */
  readonly key: string;
  readonly arn: string;
  /** The rule or schedule. */
  readonly sourceArn: string;
  readonly caller: Caller;
  readonly policy: DeliveryProperties;
  /** As whom the dead-letter queue is called. */
  readonly deadLetterCaller: Caller;
}

/** The services that a target's ARN may name. */
export const targetServices = ['lambda', 'sqs', 'states'] as const;
type TargetService = (typeof targetServices)[number];

/** @throws Error that names the target when its service is not served. */
export function targetServiceOf(arn: string, of: string): TargetService {
  const service = arn.split(':')[2];
  const served = targetServices.find((name) => name === service);
  if (served !== undefined) return served;
  throw new Error(`The target ${arn} of ${of} is not served by the embedded cloud (${targetServices.join(', ')} are).`);
}

/**
 * Hands `input` (JSON text) to a target. Answers when the target has taken it durably. `executionName` makes a second
 * start of the same run an acknowledgement of the first.
 */
export async function sendToTarget(
  dispatch: Dispatch,
  { arn, sourceArn, caller }: Pick<Target, 'arn' | 'sourceArn' | 'caller'>,
  input: string,
  executionName: string,
): Promise<void> {
  switch (targetServiceOf(arn, sourceArn)) {
    case 'lambda':
      await dispatch('lambda', {
        operation: 'Invoke',
        input: { FunctionName: arn, InvocationType: 'Event', Payload: input },
        caller,
      });
      return;
    case 'sqs':
      await dispatch('sqs', {
        operation: 'SendMessage',
        input: { QueueUrl: queueUrlOf(arn), MessageBody: input },
        caller,
      });
      return;
    case 'states':
      try {
        await dispatch('states', {
          operation: 'StartExecution',
          input: { stateMachineArn: arn, name: executionName, input },
          caller,
        });
      } catch (error) {
        if (!(error instanceof AwsError && error.code === 'ExecutionAlreadyExists')) throw error;
      }
  }
}

/** A queue's URL by its ARN. */
export function queueUrlOf(arn: string): string {
  const [, , , region = '', accountId = '', name = ''] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
}

/** Whether the same call may succeed later: AWS's own failures and throttling, but not missing rights or resources. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof AwsError)) return true;
  return (
    error.statusCode >= 500 || error.statusCode === 429 || /throttl|TooManyRequests|LimitExceeded/iu.test(error.code)
  );
}
