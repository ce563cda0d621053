import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoMonitorBook } from '../../adapters/dynamodb/monitor-book.ts';
import { dynamoMonitorSource } from '../../adapters/dynamodb/monitor-source.ts';
import { monitoringLogMessages } from '../../core/fraud/monitoring/log-messages.ts';
import { monitorModel } from '../../core/fraud/monitoring/monitor-model.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string(), PAYMENTS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const { FRAUD_TABLE_NAME, PAYMENTS_TABLE_NAME } = readEnvironment(environment);
const client = createDynamoDBClient();
const tables = { paymentsTableName: PAYMENTS_TABLE_NAME, fraudTableName: FRAUD_TABLE_NAME };
const dependencies = {
  source: dynamoMonitorSource(client, tables),
  book: dynamoMonitorBook(client, FRAUD_TABLE_NAME),
};

export const handler = taskHandler(z.unknown(), async () => {
  const { day, payments, quality, findings } = await monitorModel(dependencies, new Date());
  log.info('fraud model measured', { day, payments, quality });
  if (findings.length > 0) log.warn(monitoringLogMessages.findings, { day, findings });
  return { day };
});
