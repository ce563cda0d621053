import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoFraudMemory } from '../../adapters/dynamodb/fraud-memory.ts';
import { modelReader } from '../../adapters/dynamodb/model-book.ts';
import { featureSchemaHash } from '../../core/fraud/features/features.ts';
import { parseModel } from '../../core/fraud/model/fraud-model.ts';
import { servingLogMessages } from '../../core/fraud/serving/log-messages.ts';
import { shippedModelId } from '../../core/fraud/serving/model-roles.ts';
import { serveModels } from '../../core/fraud/serving/serve-models.ts';
import { warmUp } from '../../core/fraud/warm-up.ts';
import { scoreFraud } from '../../core/fraud/score-fraud.ts';
import { authorizationOrder, toScoredMessage } from '../../core/payments/messages.ts';
import shippedModel from '../../model/shipped-model.json' with { type: 'json' };
import { readEnvironment } from '../house/environment.ts';
import { withinMilliseconds } from '../house/in-time.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ FRAUD_TABLE_NAME: z.string(), REVIEWS_TABLE_NAME: z.string() });
export type Environment = z.input<typeof environment>;

/** A buyer waits: what is remembered and comes later than this does without the model's word. */
const longestMilliseconds = 300;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  memory: dynamoFraudMemory(client, {
    fraudTableName: settings.FRAUD_TABLE_NAME,
    reviewsTableName: settings.REVIEWS_TABLE_NAME,
  }),
  models: serveModels({
    shipped: loadModel(),
    read: modelReader(client, settings.FRAUD_TABLE_NAME),
    onRefused: (model, error) => {
      log.error(servingLogMessages.refused, { model, error });
    },
  }),
  inTime: withinMilliseconds(longestMilliseconds, servingLogMessages.late),
};

/** Without a model the rules decide alone: better than to refuse every payment. */
function loadModel() {
  try {
    const model = parseModel(shippedModel, featureSchemaHash);
    warmUp(model);
    return model;
  } catch (error) {
    log.error(servingLogMessages.refused, { model: shippedModelId, error });
    return undefined;
  }
}

export const handler = taskHandler(authorizationOrder, async (order) => {
  return toScoredMessage(await scoreFraud(dependencies, order, new Date()));
});
