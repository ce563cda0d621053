import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { randomUUID } from 'node:crypto';
import type { CreatePayment, Payment } from '../../packages/client/index.ts';
import { createClient } from '../../packages/client/index.ts';
import type { Connection } from '../../scripts/throw-away-instance.ts';
import type { CloudHere } from './cloud-here.ts';
import { operatorOptions } from './operator-dynamo.ts';
import { signerOf } from './signed-tokens.ts';
import { cardNumber, paymentOf } from './support.ts';
import type { shopper } from './support.ts';

/** So much that the rules are in doubt whoever pays: above the limit of 10,000 euros. */
export const doubtfulAmount = 1_200_000;

let index = 700_000;

/** A payment that the acquirer approves and the rules leave in doubt. */
export async function givenDoubt(
  instance: Connection,
  { client, token }: ReturnType<typeof shopper>,
  changes: Partial<CreatePayment> = {},
): Promise<Payment> {
  index += 1;
  const order = paymentOf(instance, await token(cardNumber(index)), index, doubtfulAmount);
  return client.createPayment({ ...order, ...changes }, randomUUID());
}

/** Reviewers of this instance, each by a name. */
export async function reviewersOf(instance: Connection & { readonly dataDir: string }) {
  const sign = await signerOf(instance);
  return (name: string) =>
    createClient({
      apiUrl: instance.outputs.apiUrl,
      accessToken: () => sign({ scope: 'operations/read operations/write', sub: name }),
    });
}

/** As if somebody had stopped the run that waits for a review's verdict. */
export async function stopReviewRun({ cloud }: CloudHere, reviewId: string): Promise<void> {
  const machine = cloud.assembly.resources.find(
    ({ type, logicalId }) => type === 'AWS::StepFunctions::StateMachine' && logicalId.startsWith('FraudReviewPayment'),
  );
  const client = new SFNClient(operatorOptions({ cloud }));
  const executionArn = `${(machine?.arn ?? '').replace(':stateMachine:', ':execution:')}:${reviewId}`;
  await client.send(new StopExecutionCommand({ executionArn }));
  client.destroy();
}
