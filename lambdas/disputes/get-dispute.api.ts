import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoDisputeLists } from '../../adapters/dynamodb/dispute-lists.ts';
import { disputeRoutes } from '../../contracts/disputes.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentDispute } from './present-dispute.ts';

const environment = z.object({ DISPUTES_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const disputes = dynamoDisputeLists(createDynamoDBClient(), readEnvironment(environment).DISPUTES_TABLE_NAME);

export const handler = apiHandler(disputeRoutes.getDispute, async ({ path }) => {
  const dispute = await disputes.find(path.id);
  if (!dispute) throw new ProblemError('dispute_not_found', 'No dispute has this id.');
  return { status: 200, body: presentDispute(dispute) };
});
