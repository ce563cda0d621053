import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import type { PaymentWorkflow, WorkflowRuns } from '../../core/payments/ports.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';

/** The runs of Standard workflows. In: the ARN of each workflow's state machine. */
export function stepFunctionsRuns(stateMachineArns: Readonly<Record<PaymentWorkflow, string>>): WorkflowRuns {
  const client = withoutLogger(
    new SFNClient({ ...leanSettings, maxAttempts: 3, requestHandler: requestsWithin(3000) }),
  );
  return {
    describe: async (workflow, name) => {
      const executionArn = `${stateMachineArns[workflow].replace(':stateMachine:', ':execution:')}:${name}`;
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
