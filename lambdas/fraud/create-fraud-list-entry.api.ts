import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoListBook } from '../../adapters/dynamodb/list-book.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import { fraudRoutes } from '../../contracts/fraud.ts';
import { putOnList } from '../../core/fraud/put-on-list.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string(), PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  entries: dynamoListBook(client, settings.FRAUD_TABLE_NAME),
  payments: dynamoPaymentStore(client, settings.PAYMENTS_TABLE_NAME),
};

export const handler = apiHandler(fraudRoutes.createFraudListEntry, async ({ principal, body, now }) => {
  const result = await putOnList(dependencies, { ...body, by: principal.id }, now);
  switch (result.kind) {
    case 'paymentUnknown':
      throw new ProblemError('payment_not_found', 'No payment has this id.');
    case 'nobody':
      throw new ProblemError('nobody_to_list', `The payment has no ${body.about}.`);
    case 'expired':
      throw new ProblemError('invalid_request', 'The body is not valid; see errors.', [
        { path: 'expiresAt', message: 'is not in the future' },
      ]);
    case 'listed':
      return { status: 201, body: { object: 'fraud_list_entry', ...result.entry } };
  }
});
