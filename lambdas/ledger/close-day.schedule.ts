import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoClosingStore } from '../../adapters/dynamodb/ledger-reader.ts';
import { createKmsClient } from '../../adapters/kms/client.ts';
import { kmsRootSigner } from '../../adapters/kms/root-signer.ts';
import { closeDay as closeTheDay, dayToClose } from '../../core/ledger/journal/close-day.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ LEDGER_TABLE_NAME: z.string(), LEDGER_KEY_ARN: z.string() });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  closing: dynamoClosingStore(createDynamoDBClient(), settings.LEDGER_TABLE_NAME),
  signer: kmsRootSigner(settings.LEDGER_KEY_ARN, createKmsClient()),
  now: () => new Date(),
};
/** How long after midnight a day is left open for stragglers. The schedule comes no earlier. */
const graceMinutes = 15;

export const handler = taskHandler(z.unknown(), async () => {
  const { day, hash } = await closeTheDay(dependencies, dayToClose(new Date(), graceMinutes));
  log.info('day closed', { day, hash });
  return { day };
});
