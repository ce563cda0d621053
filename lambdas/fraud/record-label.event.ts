import * as z from 'zod';
import { disputeEvent, event } from '../../contracts/events.ts';
import type { Label } from '../../core/fraud/label.ts';
import { labelOfDispute } from '../../core/fraud/label.ts';
import { recordLabel } from '../../core/fraud/record-label.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';
import { labelDependencies, labelEnvironment } from './label-dependencies.ts';

export type Environment = z.input<typeof labelEnvironment>;

const dependencies = labelDependencies(readEnvironment(labelEnvironment));

/** Keeps what disputes and reviewers say of payments. The same event again changes nothing. */
export const handler = taskHandler(z.object({ detail: z.union([disputeEvent, event]) }), async ({ detail }) => {
  const label = labelOf(detail);
  if (!label) return;
  const kept = await recordLabel(dependencies, label);
  if (kept === 'paymentUnknown') throw new Error(`A label is about payment ${label.paymentId}, which does not exist`);
});

function labelOf(detail: z.infer<typeof disputeEvent> | z.infer<typeof event>): Label | undefined {
  if (detail.object.type === 'dispute' && 'kind' in detail.data) {
    return labelOfDispute({ ...detail.data, at: detail.time });
  }
  // The rule hands on verdicts of reviews alone.
  const isFraud = detail.type === 'payment.review_declined';
  return { paymentId: detail.object.id, source: 'review', isFraud, knownAt: detail.time };
}
