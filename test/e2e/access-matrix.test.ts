import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { scopes } from '../../contracts/route.ts';
import { routes } from '../../contracts/routes.ts';
import { encryptionKey } from '../../contracts/tokens.ts';
import { encryptCard } from '../../packages/client/index.ts';
import type { Instance } from '../../scripts/throw-away-instance.ts';
import { startInstance } from '../../scripts/throw-away-instance.ts';
import { signerOf } from './signed-tokens.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

const operation = z.object({ operationId: z.string(), security: z.array(z.record(z.string(), z.array(z.string()))) });
const document = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

interface Row {
  readonly method: string;
  readonly path: string;
  /** Undefined: open. */
  readonly scope: string | undefined;
}

let instance: Instance;
let rows: readonly Row[];
let sign: (claims: { scope: string; sub?: string }) => Promise<string>;
let ids: {
  token: string;
  payment: string;
  giftCard: string;
  quote: { fxQuoteId: string; amount: number; currency: string };
};
let freshCvc: string;
const noDispute = 'dsp_00000000000000000000000000';
const noReview = 'rev_00000000000000000000000000';
const noModel = 'mdl_0000000000000000';
const noListEntry = 'fle_00000000000000000000000000';

beforeAll(async () => {
  instance = await startInstance();
  rows = readRows(await (await fetch(`${instance.baseUrl}/openapi.json`)).json());
  sign = await signerOf(instance);
  const { token, client } = shopper(instance);
  const card = await token(cardNumber(1));
  const giftCard = await client.issueGiftCard({ amount: 5000, currency: 'EUR' }, randomUUID());
  const payment = await client.createPayment(paymentOf(instance, card, 1), randomUUID());
  const order = { from: 'SEK', to: 'EUR', amount: 50_000, lock: '1h' } as const;
  const { id: fxQuoteId, amount, from: currency } = await client.createFxQuote(order, randomUUID());
  ids = { token: card, payment: payment.id, giftCard: giftCard.id, quote: { fxQuoteId, amount, currency } };
  const key = encryptionKey.parse(await (await fetch(`${instance.baseUrl}/v1/encryption-key`)).json());
  freshCvc = await encryptCard({ cvc: '123' }, key, { now: await instance.now() });
});

afterAll(async () => {
  await instance.stop();
});

function readRows(openapi: unknown): readonly Row[] {
  return Object.entries(document.parse(openapi).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      scope: security[0]?.['userPool']?.[0],
    })),
  );
}

async function call({ method, path }: Row, bearer: string | undefined): Promise<number> {
  const capability = path.split('/')[2];
  const owned =
    capability === 'tokens'
      ? ids.token
      : capability === 'gift-cards'
        ? ids.giftCard
        : capability === 'disputes'
          ? noDispute
          : capability === 'reviews'
            ? noReview
            : capability === 'fraud-list-entries'
              ? noListEntry
              : capability === 'fraud-models'
                ? noModel
                : ids.payment;
  const answer = await fetch(instance.baseUrl + path.replace('{id}', owned).replace('{name}', 'commission'), {
    method,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': 'matrix',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: method === 'POST' ? bodyFor(path) : null,
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** A body that is none to complain of where an object is named first; elsewhere a security code's envelope. */
function bodyFor(path: string): string | null {
  if (/\/(?:void|claim|promote|roll-back)$/u.test(path)) return null;
  if (path.endsWith('/decision')) return JSON.stringify({ decision: 'approve', reason: 'matrix' });
  if (path.endsWith('/captures')) return JSON.stringify({});
  if (path.endsWith('/refunds')) return JSON.stringify({ reason: 'matrix' });
  return JSON.stringify({ card: freshCvc });
}

/** What a caller with the scope gets who owns nothing, and sends those bodies. */
function answerToAStranger({ method, path }: Row): number {
  // Who is on no list is off it.
  if (path.startsWith('/v1/fraud-list-entries/')) return 204;
  // There is no challenger, and nothing was promoted.
  if (path.startsWith('/v1/fraud-models/')) return 409;
  if (path.includes('{id}')) return 404;
  if (method === 'GET') return 200;
  return path === '/v1/tokens' ? 422 : 400;
}

/** What an open route answers anybody: what is public; and where a partner signs, that nobody has. */
function answerWithoutToken({ path }: Row): number {
  return path === '/v1/acquirer-notifications' ? 401 : 200;
}

describe('every route of openapi.json', () => {
  test('is one of the contract, with its scope', () => {
    const served = rows.map(({ method, path, scope }) => `${method} ${path} ${scope ?? 'open'}`).sort();
    expect(served).toEqual(routes.map(({ method, path, scope }) => `${method} ${path} ${scope}`).sort());
  });

  test('is closed to a caller without a token, unless it is open', async () => {
    for (const row of rows) {
      const status = await call(row, undefined);
      expect([row, status]).toEqual([row, row.scope === undefined ? answerWithoutToken(row) : 401]);
    }
  });

  test.each(scopes)('answers a caller with %s alone by that scope alone', async (scope) => {
    // A person, so that deleting and refreshing meets nothing of theirs.
    const bearer = await sign({ scope, sub: 'person-with-one-scope' });
    for (const row of rows) {
      const status = await call(row, bearer);
      if (row.scope === undefined) expect([row, status]).toEqual([row, answerWithoutToken(row)]);
      else if (row.scope === scope) expect([row, status]).toEqual([row, answerToAStranger(row)]);
      else expect([row, status]).toEqual([row, 403]);
    }
  });

  test("hides the platform's objects from a stranger who has every scope but operations", async () => {
    const scope = scopes.filter((name) => !name.startsWith('operations/')).join(' ');
    const bearer = await sign({ scope, sub: 'stranger' });
    for (const row of rows.filter(({ path }) => path.includes('{id}'))) {
      // What is the operators' alone is not even found: their scope is asked first.
      const hidden = row.scope?.startsWith('operations/') === true ? 403 : 404;
      expect([row, await call(row, bearer)]).toEqual([row, hidden]);
    }
    const answer = await fetch(`${instance.baseUrl}/v1/payments`, { headers: { authorization: `Bearer ${bearer}` } });
    expect(await answer.json()).toEqual({ data: [], nextCursor: null });
    const pay = async (body: object, key: string) => {
      const payment = await fetch(`${instance.baseUrl}/v1/payments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      return [payment.status, await payment.json()];
    };
    expect(await pay(paymentOf(instance, ids.token, 1), 'stranger')).toMatchObject([422, { code: 'token_unknown' }]);
    const { fxQuoteId, ...quoted } = ids.quote;
    const byQuote = { ...paymentOf(instance, ids.token, 1), ...quoted, fxQuoteId };
    expect(await pay(byQuote, 'stranger-quote')).toMatchObject([422, { code: 'fx_quote_unknown' }]);
  });

  test('is open to its owner still', async () => {
    const { client } = shopper(instance);
    expect(await client.getPayment(ids.payment)).toMatchObject({ id: ids.payment, status: 'authorized' });
  });
});
