import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoListBook } from '../../adapters/dynamodb/list-book.ts';
import { fraudRoutes } from '../../contracts/fraud.ts';
import { showList } from '../../core/fraud/show-list.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoListBook(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(fraudRoutes.listFraudListEntries, async ({ query }) => {
  const result = await showList(book, query);
  switch (result.kind) {
    case 'cursorInvalid':
      throw new ProblemError('invalid_cursor', 'Use nextCursor of the page before.');
    case 'page':
      return {
        status: 200,
        body: {
          data: result.entries.map((entry) => ({ object: 'fraud_list_entry', ...entry })),
          nextCursor: result.nextCursor,
        },
      };
  }
});
