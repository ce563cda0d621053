import * as z from 'zod';
import { listVerdicts, listedKinds } from '../core/fraud/list-entry.ts';
import { fraudSettings as settings } from '../core/fraud/settings.ts';
import { paymentId, queryTime, text } from './payments.ts';
import type { Route } from './route.ts';
import { listOf, listQuery } from './tokens.ts';

export const fraudSettings = settings
  .extend({
    object: z.literal('fraud_settings'),
    updatedAt: z.iso.datetime().optional(),
    updatedBy: z.string().optional(),
    version: z.int().meta({ description: '0 while nobody has set any: the defaults hold.' }),
  })
  .meta({ id: 'FraudSettings' });
export type FraudSettings = z.infer<typeof fraudSettings>;

const setFraudSettingsBody = settings
  .extend({ version: z.int().min(0).meta({ description: 'Of the settings that were read before.' }) })
  .meta({
    id: 'SetFraudSettings',
    description: 'Amounts are euros; payments in other currencies are judged by what they are roughly worth.',
  });

const listEntryId = z.string().regex(/^fle_[0-9a-z]{26}$/u, 'is not the id of a list entry');

export const fraudListEntry = z
  .object({
    object: z.literal('fraud_list_entry'),
    id: listEntryId,
    about: z.enum(listedKinds),
    verdict: z.enum(listVerdicts),
    note: z.string(),
    paymentId: paymentId.optional(),
    expiresAt: z.iso.datetime().optional(),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    version: z.int(),
  })
  .meta({ id: 'FraudListEntry' });
export type FraudListEntry = z.infer<typeof fraudListEntry>;

/** Who is meant is named by a payment, for nobody outside knows a card's fingerprint, or by the value that payments hold of it. */
const createFraudListEntryBody = z
  .strictObject({
    about: z.enum(listedKinds),
    verdict: z
      .enum(listVerdicts)
      .meta({ description: '`block` declines whatever comes; `allow` overrules the model, not the limits.' }),
    note: text(500),
    paymentId: paymentId.optional().meta({ description: 'Whose card, device, buyer or address is meant.' }),
    value: text(64).optional().meta({ description: 'In place of a payment: a device id, a buyer id or an address.' }),
    expiresAt: queryTime.optional().meta({ description: 'When it ends by itself.' }),
  })
  .refine((body) => (body.paymentId === undefined) !== (body.value === undefined), {
    path: ['paymentId'],
    message: 'either paymentId or value says who is meant',
  })
  .refine(({ about, value }) => about !== 'card' || value === undefined, {
    path: ['value'],
    message: 'a card is named by a payment',
  })
  .meta({ id: 'CreateFraudListEntry' });

export const fraudReport = z
  .object({
    object: z.literal('fraud_report'),
    day: z.iso.date().meta({ description: 'Whose payments were looked at (UTC).' }),
    payments: z.int(),
    stability: z.record(z.string(), z.number()).meta({
      description:
        'Population stability index of each feature and of the `score` against the first day with enough payments; from 0.25 on another population.',
    }),
    quality: z
      .object({
        payments: z.int(),
        frauds: z.int(),
        precision: z.number().optional(),
        recall: z.number().optional(),
        expectedFrauds: z.number(),
      })
      .meta({
        description: 'Of a week that ended 30 days before: what was doubted, beside what turned out to be fraud.',
      }),
    findings: z.array(z.string()).meta({ description: 'What somebody should look at.' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'FraudReport' });
export type FraudReport = z.infer<typeof fraudReport>;

const capability = 'fraud';

export const fraudRoutes = {
  getFraudSettings: {
    method: 'GET',
    path: '/v1/fraud-settings',
    scope: 'operations/read',
    capability,
    operation: 'get-fraud-settings',
    summary: 'Limits of the rules, what decisions cost, and what becomes of a review that nobody decided.',
    idempotent: false,
    answers: { 200: { description: 'As they are now.', schema: fraudSettings } },
  },
  setFraudSettings: {
    method: 'PUT',
    path: '/v1/fraud-settings',
    scope: 'operations/write',
    capability,
    operation: 'set-fraud-settings',
    summary: 'Sets all of them, for the next payment on; 409 when somebody else has set them since they were read.',
    idempotent: false,
    body: setFraudSettingsBody,
    answers: { 200: { description: 'As they are now.', schema: fraudSettings } },
  },
  listFraudListEntries: {
    method: 'GET',
    path: '/v1/fraud-list-entries',
    scope: 'operations/read',
    capability,
    operation: 'list-fraud-list-entries',
    summary: 'Who is blocked or allowed, the newest first.',
    idempotent: false,
    query: listQuery,
    answers: { 200: { description: 'A page of entries.', schema: listOf(fraudListEntry) } },
  },
  createFraudListEntry: {
    method: 'POST',
    path: '/v1/fraud-list-entries',
    scope: 'operations/write',
    capability,
    operation: 'create-fraud-list-entry',
    summary: 'Blocks or allows a card, a device, a buyer or an address; again replaces what was said of it.',
    idempotent: false,
    body: createFraudListEntryBody,
    answers: { 201: { description: 'The entry.', schema: fraudListEntry } },
  },
  listFraudReports: {
    method: 'GET',
    path: '/v1/fraud-reports',
    scope: 'operations/read',
    capability,
    operation: 'list-fraud-reports',
    summary: 'How the model did, day by day, the newest first: one page.',
    idempotent: false,
    query: listQuery.pick({ limit: true }),
    answers: { 200: { description: 'The reports.', schema: listOf(fraudReport) } },
  },
  deleteFraudListEntry: {
    method: 'DELETE',
    path: '/v1/fraud-list-entries/{id}',
    scope: 'operations/write',
    capability,
    operation: 'delete-fraud-list-entry',
    summary: 'Takes an entry away.',
    idempotent: false,
    pathParameters: z.strictObject({ id: listEntryId }),
    answers: { 204: { description: 'It is gone, or was.' } },
  },
} as const satisfies Record<string, Route>;
