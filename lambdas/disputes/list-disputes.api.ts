import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoDisputeLists } from '../../adapters/dynamodb/dispute-lists.ts';
import { disputeRoutes } from '../../contracts/disputes.ts';
import { listDisputes } from '../../core/disputes/list-disputes.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentDispute } from './present-dispute.ts';

const environment = z.object({ DISPUTES_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const disputes = dynamoDisputeLists(createDynamoDBClient(), readEnvironment(environment).DISPUTES_TABLE_NAME);

export const handler = apiHandler(disputeRoutes.listDisputes, async ({ query }) => {
  const result = await listDisputes(disputes, query);
  switch (result.kind) {
    case 'cursorInvalid':
      throw new ProblemError('invalid_cursor', 'Use nextCursor of the page before, with the same filters.');
    case 'page':
      return { status: 200, body: { data: result.disputes.map(presentDispute), nextCursor: result.nextCursor } };
  }
});
