import { generateKeyPairSync, sign } from 'node:crypto';
import { giftCardTransition } from '../../../../core/gift-cards/transition.ts';
import { bookEntries } from '../../../../core/ledger/journal/book-entries.ts';
import { closeDay } from '../../../../core/ledger/journal/close-day.ts';
import type { JournalEntry } from '../../../../core/ledger/journal/entry.ts';
import { entryId } from '../../../../core/ledger/journal/entry.ts';
import type { Posting } from '../../../../core/ledger/posting.ts';
import { settlementPostings } from '../../../../core/ledger/settlement-postings.ts';
import type { Books } from '../../../../core/ledger/verify/books.ts';
import type { Movement, MovementKind } from '../../../../core/payments/movements/movement.ts';
import { movementTransition } from '../../../../core/payments/movements/movement-transition.ts';
import type { Settlement, SettlementTransition } from '../../../../core/settlement/settlement.ts';
import { settlementId } from '../../../../core/settlement/settlement.ts';
import { transitionFor } from '../../../../core/payments/transition.ts';
import { applyGiftCardChange } from '../../../../core/gift-cards/transition.ts';
import { issuedCard, start } from '../../gift-cards/fakes.ts';
import { fakeMovementStore } from '../../payments/movements/fake-movements.ts';
import { processingPayment } from '../../payments/fakes.ts';
import { fakeJournal } from '../journal/fake-journal.ts';

export const paymentId = 'pay_00000000000000000000000001';
export const day = start.toISOString().slice(0, 10);

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const spki = publicKey.export({ format: 'der', type: 'spki' });

const at = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

/** Small books in which everything fits: a payment captured in parts and refunded, a gift card, what the acquirer settled, and a signed day. */
export async function soundBooks(): Promise<Books> {
  const { payment, transitions, lots } = await givenPayment();
  const { card, steps } = givenGiftCard();
  const settled = givenSettlement();
  const journaled = [
    ...transitions.map((each) => ({
      entry: entryOf(each.paymentId, String(each.version).padStart(6, '0'), each),
      lots: each.lots,
    })),
    ...steps.map((step) => ({ entry: entryOf(step.giftCardId, step.id, step), lots: [] })),
    ...settled.transitions.map((each) => ({
      entry: entryOf(each.settlementId, String(each.version).padStart(6, '0'), each),
      lots: [],
    })),
  ];
  const fake = fakeJournal();
  const late = journaled[1]?.entry;
  for (const entry of [
    ...journaled.map((each) => each.entry).filter((each) => each !== late),
    ...(late ? [late] : []),
  ]) {
    const now = entry === late ? at(60) : new Date(entry.occurredAt);
    await bookEntries({ journal: fake.store, now: () => now, backOff: () => Promise.resolve() }, [entry]);
  }
  const signer = {
    sign: (text: string) =>
      Promise.resolve({ signature: sign('sha256', Buffer.from(text), privateKey), publicKey: spki }),
  };
  await closeDay({ closing: fake.store, signer, now: () => at(2000) }, day);
  return {
    transitions: journaled,
    payments: [payment],
    paymentTransitions: transitions,
    giftCards: [card],
    giftCardTransitions: steps,
    lots,
    settlements: [settled.settlement],
    settlementTransitions: settled.transitions,
    settledKeys: settled.transitions.flatMap(({ clears }) => clears),
    heads: [...fake.heads.values()],
    segments: fake.segments,
    buckets: await bucketsOf(fake),
    lateMarks: fake.segments.flatMap(({ chain, number, entries }) =>
      entries.map(entryId).flatMap((id) => (fake.late.has(id) ? [{ chain, entryId: id, segment: number }] : [])),
    ),
    roots: fake.roots,
    unreadable: [],
  };
}

async function bucketsOf({ store, heads }: ReturnType<typeof fakeJournal>) {
  const each = await Promise.all(
    [...heads.keys()].map(async (chain) =>
      (await store.buckets(chain, '', '9999')).map((bucket) => ({ ...bucket, chain })),
    ),
  );
  return each.flat();
}

function entryOf(
  objectId: string,
  step: string,
  transition: { occurredAt: string; postings: readonly Posting[] },
): JournalEntry {
  const { occurredAt, postings } = transition;
  return { objectId, step, occurredAt, postings, digest: `digest of ${objectId}/${step}` };
}

/** Authorized at 1000, captured 600 and 400, refunded 300. */
async function givenPayment() {
  const fake = fakeMovementStore();
  const opened = processingPayment(1000n);
  fake.payments.set(opened.id, opened);
  const expiresAt = at(10_000).toISOString();
  const approved = { kind: 'approved', approvalCode: 'A', networkReference: 'N', expiresAt } as const;
  const decided = transitionFor(opened, approved, undefined, at(0));
  if (decided.kind !== 'transition') throw new Error('an approval of an open payment is a transition');
  await fake.store.record(decided.transition, undefined);
  const move = async (kind: MovementKind, amount: bigint, minutes: number) => {
    const payment = fake.payments.get(opened.id);
    if (!payment) throw new Error('it was just written');
    const movement: Movement = {
      ...{ id: `${kind}_${minutes}`, kind, amount, taken: amount, isFinal: false, state: 'pending' },
      ...{ requestHash: 'h', begunBy: 'r', begunAt: at(minutes).toISOString() },
    };
    const begun = await fake.movements.begin(payment, movement, at(minutes));
    if (begun.kind !== 'begun') throw new Error(begun.kind);
    const outcome = { kind: 'accepted' } as const;
    const lots = kind === 'refund' ? [...fake.lots.values()] : [];
    await fake.movements.recordMovement(movementTransition(begun.payment, movement, outcome, lots, at(minutes)), 1);
  };
  await move('capture', 600n, 1);
  await move('capture', 400n, 2);
  await move('refund', 300n, 3);
  const payment = fake.payments.get(opened.id);
  if (!payment) throw new Error('it was just written');
  return { payment, transitions: fake.transitionsOf(opened.id), lots: [...fake.lots.values()] };
}

/** The day's file in two bookings: both captures in the first, the refund in the second. */
function givenSettlement() {
  const id = settlementId(day);
  const [openedAt, updatedAt] = [at(2).toISOString(), at(4).toISOString()];
  const settlement: Settlement = {
    ...{ id, date: day, sha256: 'h', count: 3, booked: 3, unexplained: 0, state: 'settled', version: 3 },
    ...{ sums: [{ currency: 'EUR', gross: 700n, fee: 30n, net: 670n }], openedAt, updatedAt },
  };
  const booking = (version: number, matched: bigint, clears: readonly string[]): SettlementTransition => ({
    ...{ settlementId: id, version, event: 'settlement.booked', occurredAt: at(1 + version).toISOString(), clears },
    postings: settlementPostings({ currency: 'EUR', matched, unexplained: 0n }),
  });
  const captures = ['cap_1', 'cap_2'].map((movement) => `${paymentId}-${movement}#capture`);
  return {
    settlement,
    transitions: [booking(2, 970n, captures), booking(3, -300n, [`${paymentId}-ref_1#refund`])],
  };
}

/** Issued at 500, held 200, of which 150 were redeemed and 50 released. */
function givenGiftCard() {
  let card = { ...issuedCard(500n), balance: 0n, available: 0n, version: 0 };
  const step = (...rest: Parameters<typeof giftCardTransition> extends [unknown, ...infer Rest] ? Rest : never) => {
    const transition = giftCardTransition(card, ...rest);
    card = applyGiftCardChange(card, transition.change);
    return transition;
  };
  const steps = [
    step({ step: 'issue' }, { credited: 500n }, at(0)),
    step({ step: 'hold', paymentId }, { held: 200n }, at(1)),
    step({ step: 'redeem', captureId: 'cap_1' }, { redeemed: 150n }, at(2)),
    step({ step: 'release', paymentId }, { released: 50n }, at(3)),
  ];
  return { card, steps };
}
