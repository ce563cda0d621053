import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { toMessage } from '../../core/payments/messages.ts';
import type { ResolutionWorkflow } from '../../core/payments/ports.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';

/** The Standard workflow resolve-payment. Its runs are named by payment and round: a name is good once. */
export function stepFunctionsResolutionWorkflow(stateMachineArn: string): ResolutionWorkflow {
  const client = withoutLogger(
    new SFNClient({ ...leanSettings, maxAttempts: 3, requestHandler: requestsWithin(3000) }),
  );
  return {
    start: async (name, order) => {
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(toMessage(order)) }),
        );
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
  };
}
