import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { Dispatch } from '../kernel/service.ts';
import type { Mapping } from './mapping-definition.ts';

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  /** The function names the records that failed, by their identifiers. */
  | { readonly kind: 'failedItems'; readonly identifiers: readonly string[] }
  | { readonly kind: 'failed'; readonly functionError: string }
  /** It did not run: throttled, or Lambda itself failed. */
  | { readonly kind: 'notInvoked'; readonly reason: string };

const invokeAnswer = z.object({ FunctionError: z.string().optional(), Payload: z.string().default('null') });
const batchAnswer = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
  })
  .nullable();

/**
 * Invokes a mapping's function with records (each as JSON text) and waits for it. Never rejects. On AWS the call is
 * Lambda's own: nobody's right is asked, so it is the operator's here.
 */
export async function invokeWithRecords(
  dispatch: Dispatch,
  { functionArn, reportsItemFailures }: Mapping,
  records: readonly string[],
): Promise<Outcome> {
  try {
    const answer = invokeAnswer.parse(
      await dispatch('lambda', {
        operation: 'Invoke',
        input: {
          FunctionName: functionArn,
          InvocationType: 'RequestResponse',
          Payload: `{"Records":[${records.join(',')}]}`,
        },
        caller: { kind: 'operator' },
      }),
    );
    if (answer.FunctionError !== undefined) return { kind: 'failed', functionError: answer.FunctionError };
    return reportsItemFailures ? readItemFailures(answer.Payload) : { kind: 'succeeded' };
  } catch (error) {
    return { kind: 'notInvoked', reason: error instanceof AwsError ? error.code : String(error) };
  }
}

/** As AWS reads it: nothing, null or an empty list is success; an answer of another shape fails the whole batch. */
function readItemFailures(payload: string): Outcome {
  const parsed = batchAnswer.safeParse(payload === '' ? null : parseJson(payload));
  if (!parsed.success) return { kind: 'failed', functionError: 'Unhandled' };
  const identifiers = (parsed.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return identifiers.length === 0 ? { kind: 'succeeded' } : { kind: 'failedItems', identifiers };
}
