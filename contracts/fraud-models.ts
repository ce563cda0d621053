import * as z from 'zod';
import { rolesChangeKinds, shippedModelId } from '../core/fraud/serving/model-roles.ts';
import { text } from './payments.ts';
import type { Route } from './route.ts';

const id = z.string().regex(/^mdl_[0-9a-f]{16}$/u, 'is not the id of a fraud model');
const role = z.union([z.literal(shippedModelId), id]).meta({ description: '`shipped` is the one of the release.' });
const count = z.int().min(0);

export const fraudModels = z
  .object({
    object: z.literal('fraud_models'),
    champion: role.meta({ description: 'Decides. `shipped` is the one of the release.' }),
    challenger: role.optional().meta({ description: 'Scores too; what it says is only written down.' }),
    previous: role
      .optional()
      .meta({ description: 'The champion before the last promotion: who decides after a roll-back.' }),
    changes: z
      .array(
        z.object({
          kind: z.enum(rolesChangeKinds),
          model: role,
          by: z.string(),
          at: z.iso.datetime(),
        }),
      )
      .meta({ description: 'The last ten, the newest first.' }),
    version: z.int(),
    models: z
      .array(z.object({ id, trees: count, note: z.string(), createdAt: z.iso.datetime(), createdBy: z.string() }))
      .meta({ description: 'What is known of those of them that did not come with the release.' }),
  })
  .meta({ id: 'FraudModels' });
export type FraudModels = z.infer<typeof fraudModels>;

const figures = z.object({
  model: role,
  decisions: z.object({ approve: count, review: count, decline: count }),
  quality: z
    .object({
      payments: count,
      frauds: count,
      precision: z.number().optional(),
      recall: z.number().optional(),
      expectedFrauds: z.number(),
    })
    .meta({ description: 'Of payments that were taken, or of which somebody said what they were.' }),
  areaUnderRoc: z.number().optional(),
  averagePrecision: z.number().optional(),
});

export const fraudModelComparison = z
  .object({
    object: z.literal('fraud_model_comparison'),
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    payments: count.meta({ description: 'That both have scored; at most 5,000, drawn evenly.' }),
    decidedOtherwise: count,
    champion: figures,
    challenger: figures,
  })
  .meta({ id: 'FraudModelComparison' });
export type FraudModelComparison = z.infer<typeof fraudModelComparison>;

const createFraudModelBody = z
  .strictObject({
    note: text(200).meta({ description: 'Where it comes from, for colleagues.' }),
    file: z.looseObject({ format: z.int(), schemaHash: z.string() }).meta({
      description: 'The file that `npm run model -- train` writes.',
    }),
  })
  .meta({ id: 'CreateFraudModel' });

const capability = 'fraud';
const nowInForce = { 200: { description: 'Which models score now.', schema: fraudModels } };

export const fraudModelRoutes = {
  getFraudModels: {
    method: 'GET',
    path: '/v1/fraud-models',
    scope: 'operations/read',
    capability,
    operation: 'get-fraud-models',
    summary: 'Which models score payments.',
    idempotent: false,
    answers: nowInForce,
  },
  createFraudModel: {
    method: 'POST',
    path: '/v1/fraud-models',
    scope: 'operations/write',
    capability,
    operation: 'create-fraud-model',
    summary: 'Puts a model in as challenger: it scores every payment, and what it says is only written down.',
    // The model's id follows from its file: the same again is the same.
    idempotent: false,
    body: createFraudModelBody,
    // Compressed it stays below 200 KB, and an item of a table takes 400.
    largestBodyBytes: 256 * 1024,
    answers: { 201: { description: 'Which models score now.', schema: fraudModels } },
  },
  compareFraudModels: {
    method: 'GET',
    path: '/v1/fraud-models/comparison',
    scope: 'operations/read',
    capability,
    operation: 'compare-fraud-models',
    summary: 'Champion and challenger on the payments of the last days that both have scored.',
    idempotent: false,
    query: z.strictObject({ days: z.coerce.number().int().min(1).max(31).default(7) }),
    answers: { 200: { description: 'Their figures beside each other.', schema: fraudModelComparison } },
  },
  promoteFraudModel: {
    method: 'POST',
    path: '/v1/fraud-models/{id}/promote',
    scope: 'operations/write',
    capability,
    operation: 'promote-fraud-model',
    summary: 'The challenger decides, from the next payment on; the champion becomes its challenger.',
    idempotent: false,
    pathParameters: z.strictObject({ id: role }),
    answers: nowInForce,
  },
  rollBackFraudModel: {
    method: 'POST',
    path: '/v1/fraud-models/{id}/roll-back',
    scope: 'operations/write',
    capability,
    operation: 'roll-back-fraud-model',
    summary: 'Takes a promotion back: who was champion before decides again, from the next payment on.',
    idempotent: false,
    pathParameters: z.strictObject({ id: role }),
    answers: nowInForce,
  },
} as const satisfies Record<string, Route>;
