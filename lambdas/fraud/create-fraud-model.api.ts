import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoModelBook } from '../../adapters/dynamodb/model-book.ts';
import { fraudModelRoutes } from '../../contracts/fraud-models.ts';
import { featureSchemaHash } from '../../core/fraud/features/features.ts';
import type { FraudModel } from '../../core/fraud/model/fraud-model.ts';
import { ModelDoesNotFit, parseModel } from '../../core/fraud/model/fraud-model.ts';
import { challenge } from '../../core/fraud/serving/change-roles.ts';
import { apiHandler } from '../house/api-handler.ts';
import { readEnvironment } from '../house/environment.ts';
import { ProblemError } from '../house/problem-error.ts';
import { refuseUnsound } from './model-problems.ts';
import { presentRoles } from './present-roles.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

const book = dynamoModelBook(createDynamoDBClient(), readEnvironment(environment).FRAUD_TABLE_NAME);

export const handler = apiHandler(
  fraudModelRoutes.createFraudModel,
  async ({ principal, body: { note, file }, now }) => {
    const authorship = { by: principal.id, at: now.toISOString() };
    const result = await challenge(book, { model: readModel(file), note }, authorship).catch(refuseUnsound);
    if (result.kind === 'refused') {
      throw new ProblemError('fraud_model_is_champion', 'The champion cannot be its own challenger.');
    }
    return { status: 201, body: await presentRoles(book, result.roles) };
  },
);

function readModel(file: unknown): FraudModel {
  try {
    return parseModel(file, featureSchemaHash);
  } catch (error) {
    if (error instanceof ModelDoesNotFit) throw new ProblemError('fraud_model_does_not_fit', error.message);
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ProblemError('fraud_model_invalid', detail);
  }
}
