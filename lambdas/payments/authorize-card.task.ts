import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoCvcStore } from '../../adapters/dynamodb/cvc-store.ts';
import { dynamoTokenStore } from '../../adapters/dynamodb/token-store.ts';
import { kmsDataKeys } from '../../adapters/kms/data-keys.ts';
import { authorizeCard, cardOrderOf } from '../../core/payments/authorize-card.ts';
import { authorizationOrder } from '../../core/payments/messages.ts';
import { openCard } from '../../core/tokens/open-card.ts';
import { readEnvironment } from '../house/environment.ts';
import { taskHandler } from '../house/task-handler.ts';
import { configuredAcquirer } from './acquirer.ts';

const environment = z.object({
  TOKENS_TABLE_NAME: z.string(),
  CVC_TABLE_NAME: z.string(),
  VAULT_KEY_ARN: z.string(),
  ACQUIRER_URL: z.url(),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const vault = {
  tokens: dynamoTokenStore(client, settings.TOKENS_TABLE_NAME),
  cvcs: dynamoCvcStore(client, settings.CVC_TABLE_NAME),
  dataKeys: kmsDataKeys(settings.VAULT_KEY_ARN),
};
const acquirer = configuredAcquirer(settings.ACQUIRER_URL);

export const handler = taskHandler(authorizationOrder, (order) =>
  authorizeCard(
    {
      acquirer,
      openCard: async (tokenId) => {
        const opened = await openCard(vault, { tokenId, now: new Date() });
        return opened.kind === 'opened' ? opened.card : undefined;
      },
    },
    cardOrderOf(order),
  ),
);
