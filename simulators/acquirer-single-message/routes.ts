import * as z from 'zod';
import type { Behaviour } from '../house/control.ts';
import { controlRoutes, misbehave, parseOrRefuse } from '../house/control.ts';
import type { Answer, Route } from '../house/server.ts';
import { describeError } from './api.ts';
import type { SingleMessageBooks } from './books.ts';
import { credit } from './credits.ts';
import { reverse } from './reversals.ts';
import { sell } from './sales.ts';

/** The operations that faults may name. */
const operations = ['authorize', 'cancel', 'refund'] as const;

type Work = (books: SingleMessageBooks, body: unknown, now: number) => Answer;

/** The acquirer's API (README.md). */
export function singleMessageRoutes(books: SingleMessageBooks, behaviour: Behaviour): readonly Route[] {
  const post = (path: string, operation: (typeof operations)[number], work: Work): Route => ({
    method: 'POST',
    path,
    // The clock is read when the work begins, because a request that was delayed is dated by its arrival.
    run: ({ body }) => misbehave(behaviour, operation, describeError, () => work(books, body, behaviour.clock.now())),
  });
  return [
    post('/v2/sales', 'authorize', sell),
    post('/v2/credits', 'refund', credit),
    post('/v2/reversals', 'cancel', reverse),
    { method: 'GET', path: '/records', run: ({ query }) => listRecords(books, query) },
    ...controlRoutes(behaviour, operations, books, describeError),
  ];
}

const recordsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
});

function listRecords(books: SingleMessageBooks, query: URLSearchParams): Answer {
  const { after, limit } = parseOrRefuse(recordsQuery, Object.fromEntries(query), describeError);
  const rows = books.page(after, limit);
  const data = rows.map(({ sequence: _, ...record }) => record);
  return { status: 200, body: { data, nextAfter: rows.length === limit ? rows.at(-1)?.sequence : null } };
}
