import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoMonitorBook } from '../../adapters/dynamodb/monitor-book.ts';
import { fraudRoutes } from '../../contracts/fraud.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoMonitorBook(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(fraudRoutes.listFraudReports, async ({ query }) => ({
  status: 200,
  body: {
    data: (await book.list(query.limit)).map((report) => ({ object: 'fraud_report', ...report })),
    nextCursor: null,
  },
}));
