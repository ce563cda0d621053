import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { paymentChange, toMessage } from '../../core/payments/messages.ts';
import type { AuthorizationWorkflow } from '../../core/payments/ports.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';

/** The workflow ends itself after 20 seconds; a little more for the way. */
const answerWithinMilliseconds = 22_000;

/**
 * The synchronous Express workflow authorize-payment. It is started once: a retry by the SDK after a lost answer would
 * authorize again, and what is unknown is for the resolver to find out.
 */
export function stepFunctionsAuthorizationWorkflow(stateMachineArn: string): AuthorizationWorkflow {
  const client = withoutLogger(
    new SFNClient({ ...leanSettings, maxAttempts: 1, requestHandler: requestsWithin(answerWithinMilliseconds) }),
  );
  return {
    run: async (order) => {
      try {
        const { status, output } = await client.send(
          new StartSyncExecutionCommand({
            stateMachineArn,
            name: order.paymentId,
            input: JSON.stringify(toMessage(order)),
          }),
        );
        if (status !== 'SUCCEEDED' || output === undefined) return { kind: 'unfinished' };
        return { kind: 'finished', change: paymentChange.parse(JSON.parse(output)) };
      } catch (error) {
        // Whatever went wrong, the payment stands as `processing` and will be looked into; the caller gets its 202.
        console.warn({
          message: 'the workflow gave no answer',
          error: error instanceof Error ? error.name : 'unknown',
        });
        return { kind: 'unfinished' };
      }
    },
  };
}
