import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DisputeNotice, DisputeState, FeeBearer } from '../../../core/disputes/dispute.ts';
import { movementReference } from '../../../core/payments/movements/movement.ts';
import { disputeRules } from '../../../core/disputes/dispute-rules.ts';
import type { Weather } from '../payments/movements/fake-movements.ts';
import type { World } from './dispute-world.ts';
import { balancesOf, cardOf, expectBooksToHold, givenPayment, later, lotSums } from './dispute-world.ts';

const weather = fc.constantFrom<Weather>('clear', 'clear', 'clear', 'drop_before', 'drop_after', 'unavailable');
const step = fc.oneof(
  fc.record({ kind: fc.constant('capture' as const), share: fc.integer({ min: 1, max: 70 }), weather }),
  fc.record({ kind: fc.constant('refund' as const), share: fc.integer({ min: 1, max: 70 }), weather }),
  fc.record({ kind: fc.constantFrom('void' as const, 'finish' as const), weather }),
  fc.record({ kind: fc.constantFrom('payOut' as const, 'refuseRefunds' as const) }),
  fc.record({
    kind: fc.constant('dispute' as const),
    capture: fc.nat({ max: 5 }),
    share: fc.integer({ min: 1, max: 100 }),
    inquires: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('decide' as const), dispute: fc.nat({ max: 5 }), way: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant('deliver' as const), notice: fc.nat({ max: 30 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The acquirer's disputes, and everything that it has told or will tell. */
interface Telling {
  readonly disputes: DisputeNotice[];
  readonly told: DisputeNotice[];
  readonly captures: string[];
}

async function take(world: World, telling: Telling, taken: Step, index: number): Promise<void> {
  const share = (percent: number) => (world.payment.amount * BigInt(percent)) / 100n + 1n;
  if ('weather' in taken) world.setWeather(taken.weather);
  switch (taken.kind) {
    case 'capture': {
      const result = await world.ask('capture', share(taken.share), `capture-${index}`);
      if (result.kind === 'moved') telling.captures.push(result.movement.id);
      break;
    }
    case 'refund':
      await world.ask('refund', share(taken.share), `refund-${index}`);
      break;
    case 'void':
      await world.ask('void', undefined, `void-${index}`);
      break;
    case 'finish':
      await world.finish(later(60 * index));
      break;
    case 'payOut':
      world.claimLots();
      break;
    case 'refuseRefunds':
      world.refuseRefunds();
      break;
    case 'dispute':
      open(world, telling, taken);
      break;
    case 'decide':
      decide(telling, taken);
      break;
    case 'deliver': {
      const notice = telling.told[taken.notice % Math.max(1, telling.told.length)];
      if (notice) await world.notify(notice, later(index));
    }
  }
}

function open(world: World, { disputes, told, captures }: Telling, taken: Extract<Step, { kind: 'dispute' }>): void {
  const captureId = captures[taken.capture % Math.max(1, captures.length)];
  const capture =
    captureId === undefined ? undefined : world.book.get(movementReference(world.payment.id, { id: captureId }));
  if (captureId === undefined || capture?.accepted !== true) return;
  const standing = disputes
    .filter((each) => each.captureReference.endsWith(captureId) && each.state !== 'won')
    .reduce((total, { amount }) => total + amount, 0n);
  const amount = (capture.amount * BigInt(taken.share)) / 100n;
  // An acquirer takes no more than there was of a capture, however many disputes there are.
  if (amount === 0n || standing + amount > capture.amount) return;
  const notice = world.noticeOf(captureId, amount, {
    acquirerReference: `dispute-${disputes.length}`,
    ...(taken.inquires ? { kind: 'inquiry', state: 'warning_needs_response', fee: 0n } : {}),
  });
  disputes.push(notice);
  told.push(notice);
}

function decide({ disputes, told }: Telling, taken: Extract<Step, { kind: 'decide' }>): void {
  const index = taken.dispute % Math.max(1, disputes.length);
  const standing = disputes[index];
  const ways = disputeRules.filter(({ from }) => from === standing?.state).map(({ to }) => to);
  const state: DisputeState | undefined = ways[taken.way % Math.max(1, ways.length)];
  if (!standing || state === undefined) return;
  const notice = {
    ...standing,
    version: standing.version + 1,
    state,
    kind: state.startsWith('warning_') ? ('inquiry' as const) : ('chargeback' as const),
    fee: state.startsWith('warning_') ? 0n : 1500n,
    feeReturned: state === 'won' && index % 2 === 0 ? 1500n : 0n,
  };
  disputes[index] = notice;
  told.push(notice);
}

const feeBearer = fc.constantFrom<FeeBearer>('seller', 'platform');
const amount = fc.bigInt({ min: 2n, max: 10n ** 9n });
/** How many percent of the amount a gift card pays, before the card. */
const percentOnGiftCard = fc.constantFrom(0n, 0n, 30n, 80n);

describe('any history of captures, refunds, voids, payouts and disputes, with answers lost and notices doubled and out of order', () => {
  test('keeps the caps, the books and the lots, and ends as the acquirer has it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 24, size: 'max' }),
        amount,
        feeBearer,
        percentOnGiftCard,
        fc.infiniteStream(fc.nat({ max: 1000 })),
        async (steps, authorized, bearer, percent, chance) => {
          const world = await givenPayment(authorized, {
            feeBearer: bearer,
            onGiftCard: (authorized * percent) / 100n,
          });
          const telling: Telling = { disputes: [], told: [], captures: [] };
          for (const [index, taken] of steps.entries()) {
            await take(world, telling, taken, index);
            expectBooksToHold(world);
          }
          world.setWeather('clear');
          await world.finish(later(30 * 86_400));
          for (const notice of shuffled(telling.told, chance)) await world.notify(notice, later(30 * 86_400));
          expectBooksToHold(world);
          const { status } = world.current();
          const { captured, refunded } = cardOf(world.current());
          expect([captured, refunded]).toEqual([world.sum('capture'), world.sum('refund')]);
          const states = (all: readonly Pick<DisputeNotice, 'acquirerReference' | 'state' | 'version'>[]) =>
            all.map((each) => [each.acquirerReference, each.state, each.version]).sort();
          expect(states([...world.disputes.values()])).toEqual(states(telling.disputes));
          const isOpen = telling.disputes.some(({ state }) => state === 'needs_response' || state === 'under_review');
          expect(status === 'disputed').toBe(isOpen);
          expect([...world.exceptions.values()].every(({ kind }) => kind === 'dispute_exceeds_captured')).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('leaves the same books whatever the order in which the notices arrive, and however often', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 8, maxLength: 24, size: 'max' }),
        amount,
        feeBearer,
        percentOnGiftCard,
        fc.infiniteStream(fc.nat({ max: 1000 })),
        async (steps, authorized, bearer, percent, chance) => {
          const options = { feeBearer: bearer, onGiftCard: (authorized * percent) / 100n };
          const [inOrder, mixed] = [await givenPayment(authorized, options), await givenPayment(authorized, options)];
          const quiet = steps.filter(({ kind }) => kind !== 'deliver');
          const tellings = [inOrder, mixed].map((): Telling => ({ disputes: [], told: [], captures: [] }));
          for (const [which, world] of [inOrder, mixed].entries())
            for (const [index, taken] of quiet.entries())
              await take(world, tellings[which] ?? { disputes: [], told: [], captures: [] }, taken, index);
          const told = tellings[0]?.told ?? [];
          for (const notice of told) await inOrder.notify(notice);
          for (const notice of shuffled([...told, ...told], chance)) await mixed.notify(notice);
          expect(netBalancesOf(mixed)).toEqual(netBalancesOf(inOrder));
          expect(amountsOf(mixed)).toEqual(amountsOf(inOrder));
          expectBooksToHold(mixed);
        },
      ),
      { numRuns: 400 },
    );
  });
});

/**
 * The balances, but a seller's two as one: what several disputes and payouts leave waiting and what owed depends on which
 * came first, what comes to them in all does not.
 */
function netBalancesOf(world: World) {
  const { seller_deferred: deferred = 0n, seller_receivable: receivable = 0n, ...others } = balancesOf(world);
  const { dispute_excess: excess = 0n, ...rest } = others;
  const { waiting, owed } = lotSums(world);
  return { ...rest, excess, seller: deferred + receivable, lots: waiting - owed };
}

/** What the payment says of its money, without its history. */
function amountsOf(world: World) {
  const {
    status,
    amountCaptured,
    amountRefunded,
    capturable,
    refundable,
    disputes,
    disputeExcess = 0n,
  } = world.current();
  return { status, amountCaptured, amountRefunded, capturable, refundable, disputes, disputeExcess };
}

/** In an order of chance: sorted by a number that each draws. */
function shuffled<T>(items: readonly T[], chance: Iterable<number>): readonly T[] {
  const draws = chance[Symbol.iterator]();
  return items
    .map((item) => ({ item, draw: Number(draws.next().value) }))
    .toSorted((one, other) => one.draw - other.draw)
    .map(({ item }) => item);
}
