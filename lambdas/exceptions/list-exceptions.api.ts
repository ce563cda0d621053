import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoExceptionBook } from '../../adapters/dynamodb/exception-book.ts';
import { exceptionRoutes } from '../../contracts/exceptions.ts';
import { listExceptions } from '../../core/exceptions/list-exceptions.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentException } from './present-exception.ts';

const environment = z.object({ EXCEPTIONS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const exceptions = dynamoExceptionBook(createDynamoDBClient(), readEnvironment(environment).EXCEPTIONS_TABLE_NAME);

export const handler = apiHandler(exceptionRoutes.listExceptions, async ({ query }) => {
  const result = await listExceptions(exceptions, query);
  switch (result.kind) {
    case 'cursorInvalid':
      throw new ProblemError('invalid_cursor', 'Use nextCursor of the page before, with the same filters.');
    case 'page':
      return { status: 200, body: { data: result.exceptions.map(presentException), nextCursor: result.nextCursor } };
  }
});
