import * as z from 'zod';
import type { Payment } from '../../packages/client/index.ts';
import { allPages } from '../all-pages.ts';
import { checkDisputes } from './check-disputes.ts';
import { checkGiftCards } from './check-gift-cards.ts';
import { succeeded, sumOf } from './sums.ts';
import { askAgain, refusalOf } from './world.ts';
import type { World } from './world.ts';

const row = z.object({
  sequence: z.int().optional(),
  reference: z.string(),
  operation: z.enum(['authorize', 'capture', 'refund', 'cancel']),
  amount: z.int().nullable(),
  currency: z.string().nullable(),
  state: z.enum(['approved', 'declined', 'accepted', 'refused', 'cancelled']),
});
type Row = z.infer<typeof row>;
const page = z.object({ data: z.array(row), nextAfter: z.int().nullable() });

/** Everything that must hold when nothing is under way, whatever happened before. */
export async function check(world: World, payments: readonly Payment[]): Promise<void> {
  const book = await acquirerBook(world);
  for (const payment of payments) {
    checkAmounts(world, payment);
    checkAuthorization(world, payment, book);
    checkMovements(world, payment, book);
  }
  checkNothingUnknown(world, payments, book);
  checkAcknowledged(world, payments);
  await checkGiftCards(world, payments);
  await checkDisputes(world);
  await checkTokens(world);
  await checkTrialBalance(world);
  await checkRepetitions(world);
}

/** The acquirer's own book, by reference. */
async function acquirerBook(world: World): Promise<ReadonlyMap<string, Row>> {
  const rows: Row[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const answer = await fetch(`${world.instance().outputs.acquirerUrl}/records?after=${after}&limit=10000`);
    const { data, nextAfter } = page.parse(await answer.json());
    rows.push(...data);
    after = nextAfter;
  }
  return new Map(rows.map((each) => [each.reference, each]));
}

function checkAmounts(world: World, payment: Payment): void {
  const { id, amount, amountAuthorized, amountCaptured, amountRefunded, captures, refunds } = payment;
  const holds =
    amountAuthorized <= amount &&
    amountCaptured <= amountAuthorized &&
    amountRefunded <= amountCaptured &&
    sumOf(succeeded(captures)) === amountCaptured &&
    sumOf(succeeded(refunds)) === amountRefunded;
  if (!holds) world.violated(`The amounts of payment ${id} do not hold: ${JSON.stringify(payment)}`);
}

function checkAuthorization(world: World, payment: Payment, book: ReadonlyMap<string, Row>): void {
  const card = payment.tenders.find(({ type }) => type === 'card');
  // What gift cards pay alone the acquirer never hears of.
  if (!card) return;
  const standing = book.get(card.reference);
  if (!agrees(payment, card.amount, standing)) {
    world.violated(`Payment ${payment.id} is ${payment.status}, the acquirer has ${JSON.stringify(standing)}`);
  }
}

function agrees(payment: Payment, amountOnCard: number, standing: Row | undefined): boolean {
  switch (payment.status) {
    case 'processing':
      return false;
    case 'declined':
      return payment.declineCode === 'blocked_by_risk' ? standing === undefined : standing?.state === 'declined';
    case 'failed':
    case 'voided':
    case 'expired':
      // Nothing may be held; a decline that arrived before a cancellation stays one in the acquirer's book.
      return standing?.state !== 'approved';
    default:
      return payment.amountCaptured > 0 || (standing?.state === 'approved' && standing.amount === amountOnCard);
  }
}

function checkMovements(world: World, { id, captures, refunds }: Payment, book: ReadonlyMap<string, Row>): void {
  for (const { reference, status, allocation } of [...captures, ...refunds]) {
    const standing = book.get(reference);
    const moved = standing?.state === 'accepted' ? (standing.amount ?? 0) : 0;
    // Of what gift cards bring or get back the acquirer never hears.
    const told = status === 'succeeded' ? sumOf(allocation.filter(({ type }) => type === 'card')) : 0;
    if (moved !== told) world.violated(`${reference} of ${id} ${status}, ${told}; the acquirer moved ${moved}`);
  }
}

function checkNothingUnknown(world: World, payments: readonly Payment[], book: ReadonlyMap<string, Row>): void {
  const ours = new Set(
    payments.flatMap(({ tenders, captures, refunds }) =>
      [...tenders, ...captures, ...refunds].map(({ reference }) => reference),
    ),
  );
  for (const { reference, state } of book.values()) {
    const matters = state === 'approved' || state === 'accepted';
    if (matters && !ours.has(reference)) world.violated(`The acquirer has ${reference}, which nobody knows`);
  }
}

/** Whatever somebody was told has happened, kills or not. */
function checkAcknowledged({ asked, violated }: World, payments: readonly Payment[]): void {
  const known = new Set(payments.flatMap(({ id }) => id));
  const movements = new Map(
    payments.flatMap((each) => [...each.captures, ...each.refunds].map((one) => [one.id, one])),
  );
  for (const answer of asked.flatMap(({ answers }) => answers)) {
    if (!('object' in answer && 'id' in answer && typeof answer.id === 'string')) continue;
    if (answer.object === 'payment' && !known.has(answer.id)) violated(`Payment ${answer.id} was told, and is gone`);
    const isMovement = answer.object === 'capture' || answer.object === 'refund';
    if (!isMovement || !('status' in answer)) continue;
    const now = movements.get(answer.id)?.status;
    if (now === undefined || (answer.status !== 'processing' && answer.status !== now)) {
      violated(`${answer.id} was told to be ${String(answer.status)}, and is ${String(now)}`);
    }
  }
}

/** A card whose token somebody was told is saved. */
async function checkTokens(world: World): Promise<void> {
  const saved = new Set((await allPages((query) => world.client().listTokens(query))).map(({ id }) => id));
  for (const token of world.cards.tokens) if (!saved.has(token)) world.violated(`Token ${token} was told, and is gone`);
}

async function checkTrialBalance(world: World): Promise<void> {
  const { currencies } = await world.operator().getTrialBalance();
  for (const { currency, difference } of currencies) {
    if (difference !== '0') world.violated(`The trial balance in ${currency} is off by ${difference}`);
  }
}

/** Whoever asks again under a key finds what was done under it, and nothing is done twice. */
async function checkRepetitions(world: World): Promise<void> {
  for (const asked of world.asked) {
    if (asked.answers.length === 0) continue;
    try {
      await askAgain(world, asked);
    } catch (error) {
      const refusal = refusalOf(error) ?? String(error);
      world.violated(`${asked.name} was answered, and at the end refused: ${refusal}`);
    }
  }
}
