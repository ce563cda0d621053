import { lotIdOf } from '../../core/payments/movements/movement-transition.ts';
import { createClient } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { acquirerOf, givenCapturedPayment } from './disputing.ts';
import type { shopper } from './support.ts';
import { claimLot } from './tell-of-movements.ts';

/** Disputed after the seller was paid, and looked at by an operator; and one that nobody here knows. */
export async function tellOfDisputes(here: CloudHere, buyer: ReturnType<typeof shopper>): Promise<void> {
  const acquirer = acquirerOf(here);
  const { captureId, reference } = await givenCapturedPayment(here, buyer, 450);
  await claimLot(here, lotIdOf({ id: captureId }));
  await acquirer.dispute(reference, { reason: 'fraudulent' });
  const [authorizationReference] = reference.split('-');
  await acquirer.send('POST', '/fraud-notices', {
    authorizationReference: `${authorizationReference}-authorization-1`,
  });
  const card = { number: '4242424242424242', expMonth: 12, expYear: 2040, holderName: 'Stranger' };
  const strange = { reference: 'stranger', amount: 100, currency: 'EUR' };
  await acquirer.send('POST', '/authorizations', { ...strange, card });
  const capture = { ...strange, reference: 'strange', authorizationReference: 'stranger', isFinal: true };
  await acquirer.send('POST', '/captures', capture);
  await acquirer.dispute('strange');
  await acquirer.allTaken();
  const accessToken = here.accessTokenFor('operations/read');
  const operator = createClient({ apiUrl: here.outputs.apiUrl, accessToken });
  const { data } = await operator.listDisputes({ limit: '1' });
  await operator.getDispute(data[0]?.id ?? '');
}
