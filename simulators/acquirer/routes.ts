import * as z from 'zod';
import type { Behaviour } from '../house/control.ts';
import { controlRoutes, misbehave, parseOrRefuse } from '../house/control.ts';
import type { Answer, Call, Route } from '../house/server.ts';
import { describeError, referenceOf } from './api.ts';
import { authorize, cancelAuthorization, lookUpAuthorization } from './authorizations.ts';
import type { AcquirerBooks } from './books.ts';
import { cancelMovement, capture, lookUpMovement, refund } from './movements.ts';
import { settlement } from './settlement.ts';

/** The operations that faults may name. */
const operations = [
  'authorize',
  'lookUp',
  'cancel',
  'capture',
  'refund',
  'lookUpMovement',
  'cancelMovement',
  'settlement',
] as const;

type Operation = (typeof operations)[number];

export interface AcquirerTerms {
  /** What it keeps of each capture. */
  readonly feeBasisPoints: number;
}

/** The acquirer's API (README.md). */
export function acquirerRoutes(books: AcquirerBooks, behaviour: Behaviour, terms: AcquirerTerms): readonly Route[] {
  const route = (
    method: Route['method'],
    path: string,
    operation: Operation,
    work: (call: Call, now: number) => Answer,
  ): Route => ({
    method,
    path,
    // The clock is read when the work begins, because a request that was delayed is dated by its arrival.
    run: (call) => misbehave(behaviour, operation, describeError, () => work(call, behaviour.clock.now())),
  });
  return [
    route('POST', '/authorizations', 'authorize', ({ body }, now) => authorize(books, body, now)),
    route('GET', '/authorizations/:', 'lookUp', (call) => lookUpAuthorization(books, referenceOf(call))),
    route('POST', '/authorizations/:/cancel', 'cancel', (call, now) =>
      cancelAuthorization(books, referenceOf(call), now),
    ),
    route('POST', '/captures', 'capture', ({ body }, now) => capture(books, body, now, terms.feeBasisPoints)),
    route('POST', '/refunds', 'refund', ({ body }, now) => refund(books, body, now)),
    route('GET', '/movements/:', 'lookUpMovement', (call) => lookUpMovement(books, referenceOf(call))),
    route('POST', '/movements/:/cancel', 'cancelMovement', (call, now) =>
      cancelMovement(books, referenceOf(call), now),
    ),
    route('GET', '/settlements/:', 'settlement', (call, now) => settlement(books, call, now)),
    { method: 'GET', path: '/records', run: (call) => listRecords(books, call.query) },
    ...controlRoutes(behaviour, operations, books, describeError),
  ];
}

const recordsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
});

function listRecords(books: AcquirerBooks, query: URLSearchParams): Answer {
  const { after, limit } = parseOrRefuse(recordsQuery, Object.fromEntries(query), describeError);
  const rows = books.page(after, limit);
  const data = rows.map(({ sequence: _, ...record }) => record);
  return { status: 200, body: { data, nextAfter: rows.length === limit ? rows.at(-1)?.sequence : null } };
}
