import { SFNClient, SendTaskSuccessCommand, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn';
import type { ReviewWorkflow } from '../../core/fraud/reviews/ports.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';

/** The Standard workflow review-payment, as far as its task that waits for a verdict is answered. */
export function stepFunctionsReviewWorkflow(): ReviewWorkflow {
  const client = withoutLogger(
    new SFNClient({ ...leanSettings, maxAttempts: 3, requestHandler: requestsWithin(3000) }),
  );
  return {
    resume: async (taskToken, verdict) => {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ verdict }) }));
      } catch (error) {
        if (!(error instanceof TaskTimedOut || error instanceof TaskDoesNotExist)) throw error;
      }
    },
  };
}
