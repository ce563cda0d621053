import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoClearingBook } from '../../adapters/dynamodb/clearing-book.ts';
import { dynamoDisputeSource } from '../../adapters/dynamodb/dispute-source.ts';
import { dynamoExceptionBook } from '../../adapters/dynamodb/exception-book.ts';
import { dynamoMovementSource } from '../../adapters/dynamodb/movement-source.ts';
import { dynamoSettlementStore } from '../../adapters/dynamodb/settlement-store.ts';
import { settlementLogMessages } from '../../core/settlement/log-messages.ts';
import { reconcileSettlement } from '../../core/settlement/reconcile-settlement.ts';
import { settlementSettings } from '../../core/settlement/settings.ts';
import { jsonVariable, readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';
import { settlingAcquirer } from './acquirer.ts';

const environment = z.object({
  SETTLEMENTS_TABLE_NAME: z.string(),
  EXCEPTIONS_TABLE_NAME: z.string(),
  PAYMENTS_TABLE_NAME: z.string(),
  DISPUTES_TABLE_NAME: z.string(),
  LEDGER_TABLE_NAME: z.string(),
  ACQUIRER_URL: z.url(),
  SETTLEMENT: jsonVariable(settlementSettings),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  acquirer: settlingAcquirer(settings.ACQUIRER_URL),
  store: dynamoSettlementStore(client, settings.SETTLEMENTS_TABLE_NAME),
  exceptions: dynamoExceptionBook(client, settings.EXCEPTIONS_TABLE_NAME),
  clearing: dynamoClearingBook(client, {
    ledgerTableName: settings.LEDGER_TABLE_NAME,
    paymentsTableName: settings.PAYMENTS_TABLE_NAME,
  }),
  sources: {
    capture: dynamoMovementSource(client, settings.PAYMENTS_TABLE_NAME, 'capture'),
    refund: dynamoMovementSource(client, settings.PAYMENTS_TABLE_NAME, 'refund'),
    chargeback: dynamoDisputeSource(client, settings.DISPUTES_TABLE_NAME, 'chargeback'),
    chargeback_reversal: dynamoDisputeSource(client, settings.DISPUTES_TABLE_NAME, 'chargeback_reversal'),
  },
  ...settings.SETTLEMENT,
};
/** Left for the booking under way to finish before the function's own time is over. */
const reserveMilliseconds = 20_000;

export const handler = taskHandler(z.unknown(), async (_event, context: Context) => {
  const isTimeLeft = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const done = await reconcileSettlement(dependencies, new Date(), isTimeLeft);
  log.info('settlement reconciled', { ...done });
  // Both messages are what alarms listen to (lib/settlement.ts).
  if (done.files + done.lines > 0)
    log.warn(settlementLogMessages.unexplained, { files: done.files, lines: done.lines });
  if (done.overdue > 0) log.warn(settlementLogMessages.overdue, { overdue: done.overdue });
  return done;
});
