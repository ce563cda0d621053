import * as z from 'zod';
import type { Behaviour } from '../house/control.ts';
import { controlRoutes, misbehave, parseOrRefuse } from '../house/control.ts';
import type { Answer, Call, Route } from '../house/server.ts';
import { describeError, referenceOf } from './api.ts';
import { authorize, cancelAuthorization, lookUpAuthorization } from './authorizations.ts';
import type { AcquirerBooks } from './books.ts';
import { changeDisputeSettings, listDisputes, moveDispute, openDispute } from './disputes.ts';
import { reportFraud } from './fraud-notices.ts';
import { cancelMovement, capture, lookUpMovement, refund } from './movements.ts';
import { listNotifications, sendNotification } from './notifications.ts';
import type { Postman } from './postman.ts';
import { createSettlementFaults } from './settlement-faults.ts';
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
  'notify',
] as const;

type Operation = (typeof operations)[number];

export interface AcquirerTerms {
  /** What it keeps of each capture. */
  readonly feeBasisPoints: number;
  readonly postman: Postman;
  /** By which merchants know its notifications. */
  readonly publicKey: string;
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
  const settlementFaults = createSettlementFaults();
  return [
    route('POST', '/authorizations', 'authorize', ({ body }, now) => authorize(books, body, now)),
    route('GET', '/authorizations/:', 'lookUp', (call) => lookUpAuthorization(books, referenceOf(call))),
    route('POST', '/authorizations/:/cancel', 'cancel', (call, now) =>
      cancelAuthorization(books, referenceOf(call), now),
    ),
    route('POST', '/captures', 'capture', ({ body }, now) => {
      const answer = capture(books, body, now, terms.feeBasisPoints);
      void terms.postman.wake();
      return answer;
    }),
    route('POST', '/refunds', 'refund', ({ body }, now) => refund(books, body, now)),
    route('GET', '/movements/:', 'lookUpMovement', (call) => lookUpMovement(books, referenceOf(call))),
    route('POST', '/movements/:/cancel', 'cancelMovement', (call, now) =>
      cancelMovement(books, referenceOf(call), now),
    ),
    route('GET', '/settlements/:', 'settlement', (call, now) => settlement(books, settlementFaults, call, now)),
    { method: 'POST', path: '/settlement-faults', run: settlementFaults.add },
    { method: 'DELETE', path: '/settlement-faults', run: settlementFaults.clear },
    ...disputeRoutes(books, behaviour, terms),
    { method: 'GET', path: '/records', run: (call) => listRecords(books, call.query) },
    ...controlRoutes(behaviour, operations, books, describeError),
  ];
}

/** What cardholders do and what the merchant is told of it: told by tests and by the cloud around, so without latency. */
function disputeRoutes(books: AcquirerBooks, { clock }: Behaviour, { postman, publicKey }: AcquirerTerms): Route[] {
  const changing = (work: () => Answer): Answer => {
    const answer = work();
    void postman.wake();
    return answer;
  };
  return [
    { method: 'GET', path: '/disputes', run: () => listDisputes(books) },
    { method: 'POST', path: '/disputes', run: ({ body }) => changing(() => openDispute(books, body, clock.now())) },
    {
      method: 'POST',
      path: '/disputes/:',
      run: ({ segments: [id = ''], body }) => changing(() => moveDispute(books, id, body, clock.now())),
    },
    { method: 'POST', path: '/disputes-settings', run: (call) => changeDisputeSettings(books, call) },
    {
      method: 'POST',
      path: '/fraud-notices',
      run: ({ body }) => changing(() => reportFraud(books, body, clock.now())),
    },
    { method: 'GET', path: '/notifications', run: () => listNotifications(books) },
    {
      method: 'POST',
      path: '/notifications/:/send',
      run: ({ segments: [id = ''] }) => sendNotification(books, postman, id),
    },
    { method: 'GET', path: '/notification-key', run: () => ({ status: 200, text: publicKey }) },
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
