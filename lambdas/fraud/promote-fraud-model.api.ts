import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoModelBook } from '../../adapters/dynamodb/model-book.ts';
import { fraudModelRoutes } from '../../contracts/fraud-models.ts';
import { promote } from '../../core/fraud/serving/change-roles.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { refuseUnsound } from './model-problems.ts';
import { presentRoles } from './present-roles.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoModelBook(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(fraudModelRoutes.promoteFraudModel, async ({ principal, path, now }) => {
  const result = await promote(book, path.id, { by: principal.id, at: now.toISOString() }).catch(refuseUnsound);
  if (result.kind === 'refused') {
    throw new ProblemError(
      'fraud_model_not_challenger',
      'Only the challenger can be promoted: put the model in first.',
    );
  }
  return { status: 200, body: await presentRoles(book, result.roles) };
});
