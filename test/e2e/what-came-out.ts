import { shortMark } from '../../adapters/dynamodb/fraud-memory.ts';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { toLot } from '../../adapters/dynamodb/lot-item.ts';
import { createClient } from '../../packages/client/index.ts';
import type { Payment } from '../../packages/client/index.ts';
import { allPages } from '../../scripts/all-pages.ts';
import type { CloudHere } from './cloud-here.ts';
import { storedItems } from './stored-items.ts';

const counter = z.object({ pk: z.string(), declineIds: z.set(z.string()).optional() });

/**
 * What a story came to, without ids and times: books, views and lots of one instance can be compared with those of
 * another that was told the same. In: the instance, and the ids of the story's gift cards.
 */
export async function whatCameOut(here: CloudHere, giftCardIds: readonly string[]) {
  const [client, operator] = ['payments/create', 'operations/read'].map((scope) =>
    createClient({ apiUrl: here.outputs.apiUrl, accessToken: here.accessTokenFor(scope) }),
  );
  if (!client || !operator) throw new Error('There are no clients');
  const payments = await allPages((query) => client.listPayments(query));
  const buyerOf = new Map(payments.map(({ id, buyer }) => [id, buyer.id]));
  const balance = await operator.getTrialBalance();
  const accounts = balance.currencies.flatMap((currency) => currency.accounts.map(({ account }) => account));
  const entries = await Promise.all(
    [...new Set(accounts)].map(async (account) => {
      const postings = await allPages((query) => operator.listAccountEntries(account, query));
      return { account, postings: sorted(postings.map(({ side, amount, currency }) => [side, amount, currency])) };
    }),
  );
  const disputes = await allPages((query) => operator.listDisputes(query));
  const counters = (await storedItems(here, 'FraudTable')).map((item) => counter.parse(unmarshall(item)));
  const buyerOfMark = new Map(payments.map(({ id, buyer }) => [shortMark(id), buyer.id]));
  return {
    balance: balance.currencies,
    entries,
    payments: sorted(payments.map(paymentAsSeen)),
    timelines: sorted(
      await Promise.all(
        payments.map(async ({ id, buyer }) => {
          const { data } = await client.getTimeline(id);
          // What happened at once may have happened in another order.
          const told = data.flatMap(({ kind, event }) => (kind === 'transition' && !isOnTheWay(event) ? [event] : []));
          return [buyer.id, ...sorted(told)];
        }),
      ),
    ),
    giftCards: await Promise.all(
      giftCardIds.map(async (id) => {
        const { status, balance: left, held, available } = await client.getGiftCard(id);
        return { status, left, held, available };
      }),
    ),
    disputes: sorted(
      disputes.map(({ paymentId, state, amount, fee, version }) => [
        buyerOf.get(paymentId),
        state,
        amount,
        fee,
        version,
      ]),
    ),
    lots: sorted(
      (await storedItems(here, 'LotsTable'))
        .map(toLot)
        .map(({ paymentId, amount, remaining, state, reason }) => [
          ...[buyerOf.get(paymentId), reason, state],
          ...[Number(amount), Number(remaining)],
        ]),
    ),
    declines: sorted(
      counters.flatMap(({ pk, declineIds }) =>
        pk.startsWith('burst#card#') && declineIds
          ? [sorted([...declineIds].map((mark) => buyerOfMark.get(mark)))]
          : [],
      ),
    ),
    exceptions: sorted(
      (await allPages((query) => operator.listExceptions(query))).map(({ kind, state }) => [kind, state]),
    ),
  };
}

function paymentAsSeen({ buyer, status, amount, currency, captures, refunds, ...payment }: Payment) {
  const { amountAuthorized, amountCaptured, amountRefunded } = payment;
  const ended = (movements: Payment['captures'] | Payment['refunds']) =>
    movements.map((movement) => [movement.amount, movement.status]);
  return [
    ...[buyer.id, status, amount, currency, amountAuthorized, amountCaptured, amountRefunded],
    ...[ended(captures), ended(refunds)],
  ];
}

/** What a message that came late no longer tells: a dispute stands as the latest one says. */
function isOnTheWay(event: unknown): boolean {
  return event === 'dispute.opened' || event === 'dispute.updated';
}

/** In an order that does not go by time. */
function sorted<T>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}
