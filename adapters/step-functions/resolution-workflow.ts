import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { toMessage } from '../../core/payments/messages.ts';
import type { ResolutionRuns, ResolutionWorkflow } from '../../core/payments/ports.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';

/** The Standard workflow resolve-payment. Its runs are named by payment and round: a name is good once. */
export function stepFunctionsResolutionWorkflow(stateMachineArn: string): ResolutionWorkflow & ResolutionRuns {
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
    describe: async (name) => {
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      try {
        const { startDate, status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (startDate === undefined || status === undefined) return undefined;
        return { startedAt: startDate.toISOString(), status: status.toLowerCase() };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined;
        throw error;
      }
    },
  };
}
