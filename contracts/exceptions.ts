import * as z from 'zod';
import { exceptionKinds, isExceptionKind } from '../core/exceptions/kinds.ts';
import { queryTime } from './payments.ts';
import type { Route } from './route.ts';
import { listOf, listQuery } from './tokens.ts';

const kind = z
  .string()
  .refine(isExceptionKind, 'is no kind of exception')
  .meta({ enum: Object.keys(exceptionKinds) });
const state = z.enum(['open', 'resolved']);
const facts = z
  .record(z.string(), z.string())
  .meta({ description: 'Named values as text; amounts are minor units, in decimal.' });

export const exception = z
  .object({
    object: z.literal('exception'),
    id: z.string().regex(/^exc_[0-9a-z]{26}$/u),
    kind,
    state,
    text: z.string().meta({ description: 'What the kind means.' }),
    expected: facts,
    found: facts,
    reference: z.string().optional().meta({ description: "The acquirer's reference that it is about." }),
    paymentId: z.string().optional(),
    firstSeen: z.iso.datetime(),
    resolvedAt: z.iso.datetime().optional(),
    createdAt: z.iso.datetime(),
    version: z.int(),
  })
  .meta({ id: 'Exception' });
export type Exception = z.infer<typeof exception>;

export const listExceptionsQuery = listQuery
  .extend({
    state: state.optional(),
    kind: kind.optional(),
    from: queryTime.optional().meta({ description: 'First seen at this time or later.' }),
    to: queryTime.optional().meta({ description: 'First seen at this time or earlier.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'is before from',
  });

export const exceptionRoutes = {
  listExceptions: {
    method: 'GET',
    path: '/v1/exceptions',
    scope: 'operations/read',
    capability: 'exceptions',
    operation: 'list-exceptions',
    summary: 'What does not fit about money, newest first.',
    idempotent: false,
    query: listExceptionsQuery,
    answers: { 200: { description: 'A page of exceptions.', schema: listOf(exception) } },
  },
} as const satisfies Record<string, Route>;
