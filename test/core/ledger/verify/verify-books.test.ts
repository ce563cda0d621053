import { beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { sealSegment } from '../../../../core/ledger/journal/segment.ts';
import type { Books } from '../../../../core/ledger/verify/books.ts';
import { verifyBooks } from '../../../../core/ledger/verify/verify-books.ts';
import { newShare } from '../../../../core/payments/tenders/tender-share.ts';
import { day, paymentId, soundBooks, spki } from './sound-books.ts';

let sound: Books;
beforeAll(async () => {
  sound = await soundBooks();
});

const settled = { settled: true };
const card = 'gc_00000000000000000000000001';

/** The first of a list that fits, changed; it throws when there is none, so that no row can pass by chance. */
function changed<T>(list: readonly T[], is: (each: T) => boolean, change: (each: T) => T): readonly T[] {
  const index = list.findIndex(is);
  const found = list[index];
  if (found === undefined) throw new Error('there is nothing to change');
  return list.with(index, change(found));
}

const any = () => true;

/** What somebody could do to the books, and what is to be said of it first. */
const defects: readonly (readonly [what: string, damage: (books: Books) => Partial<Books>, id: string | RegExp])[] = [
  [
    'a transition whose item is another than the journal has seen',
    ({ transitions }) => ({
      transitions: changed(transitions, any, (each) => ({ ...each, entry: { ...each.entry, digest: 'another' } })),
    }),
    `${paymentId}/000002`,
  ],
  [
    'a transition that posts something else',
    ({ transitions }) => ({
      transitions: changed(
        transitions,
        ({ entry }) => entry.objectId === card && entry.postings.length === 2,
        ({ entry, ...each }) => {
          const postings = entry.postings.map((posting) => ({ ...posting, amount: posting.amount + 1n }));
          return { ...each, entry: { ...entry, postings } };
        },
      ),
    }),
    new RegExp(`^${card}/`, 'u'),
  ],
  [
    'a transition that does not balance',
    ({ transitions }) => ({
      transitions: changed(transitions, any, ({ entry, ...each }) => ({
        ...each,
        entry: { ...entry, postings: entry.postings.slice(1) },
      })),
    }),
    `${paymentId}/000002`,
  ],
  [
    'a transition that is gone',
    ({ transitions, paymentTransitions }) => ({
      transitions: transitions.toSpliced(1, 1),
      paymentTransitions: paymentTransitions.toSpliced(1, 1),
    }),
    new RegExp(`^${paymentId}`, 'u'),
  ],
  [
    'a transition that the journal lacks',
    ({ segments }) => ({ segments: segments.filter(({ chain }) => chain !== segments[0]?.chain) }),
    /^the head of chain \d$/u,
  ],
  [
    'an entry that is in the journal twice',
    ({ segments }) => ({
      segments: changed(
        segments,
        ({ number }) => number === 1,
        (segment) => sealSegment({ ...segment, entries: [...segment.entries, ...segment.entries] }),
      ),
    }),
    /^segment 2 of chain \d$/u,
  ],
  [
    'a payment that claims more than was captured',
    ({ payments }) => ({
      payments: changed(payments, any, (payment) => ({ ...payment, amountCaptured: 2000n })),
    }),
    paymentId,
  ],
  [
    'a settlement whose file says that more was transferred than the bank has got',
    ({ settlements }) => ({
      settlements: changed(settlements, any, ({ sums, ...each }) => ({
        ...each,
        sums: sums.map((sum) => ({ ...sum, net: sum.net + 1n })),
      })),
    }),
    `stl_${day}`,
  ],
  ['a settlement that is gone', () => ({ settlements: [] }), `stl_${day}`],
  [
    'something that two bookings cleared',
    ({ settlementTransitions }) => ({
      settlementTransitions: settlementTransitions.map((each) => ({
        ...each,
        clears: settlementTransitions.flatMap(({ clears }) => clears),
      })),
    }),
    `stl_${day}/000003`,
  ],
  [
    'something that was cleared and is not marked as settled',
    ({ settledKeys }) => ({ settledKeys: settledKeys.slice(1) }),
    `stl_${day}/000002`,
  ],
  [
    'something that is marked as settled and that nothing cleared',
    ({ settledKeys }) => ({ settledKeys: [...settledKeys, 'pay_x-cap_x#capture'] }),
    'pay_x-cap_x#capture',
  ],
  [
    'a booking with a version that its settlement has not',
    ({ settlementTransitions }) => ({
      settlementTransitions: changed(settlementTransitions, any, (each) => ({ ...each, version: 4 })),
    }),
    `stl_${day}/000004`,
  ],
  [
    'a gift card that holds what no payment may take of it',
    ({ giftCards }) => ({
      giftCards: changed(giftCards, any, (each) => ({
        ...each,
        held: each.held + 50n,
        available: each.available - 50n,
      })),
    }),
    card,
  ],
  [
    'a payment that may refund less than it captured',
    ({ payments }) => ({ payments: changed(payments, any, (each) => ({ ...each, refundable: each.refundable - 1n })) }),
    paymentId,
  ],
  [
    'a payment that may capture other than is held on its card',
    ({ payments }) => ({ payments: changed(payments, any, (each) => ({ ...each, capturable: each.capturable - 1n })) }),
    paymentId,
  ],
  [
    'a payment of another amount than was authorized',
    ({ payments }) => ({ payments: changed(payments, any, (each) => ({ ...each, amount: each.amount + 1n })) }),
    paymentId,
  ],
  [
    'a payment of another seller than was booked',
    ({ payments }) => ({ payments: changed(payments, any, (each) => ({ ...each, sellerId: 'sel_other' })) }),
    paymentId,
  ],
  [
    'a payment whose shares are not what it is',
    ({ payments }) => ({
      payments: changed(payments, any, (payment) => ({
        ...payment,
        shares: [
          {
            ...newShare(payment.amount),
            captured: payment.amountCaptured,
            refunded: payment.amountRefunded,
            capturable: payment.capturable,
            refundable: 777n,
          },
        ],
      })),
    }),
    paymentId,
  ],
  [
    'a payment with a version that nothing has made',
    ({ payments }) => ({ payments: changed(payments, any, (each) => ({ ...each, version: each.version + 1 })) }),
    paymentId,
  ],
  [
    'a refund beyond what was captured',
    ({ paymentTransitions }) => ({
      paymentTransitions: changed(
        paymentTransitions,
        ({ attempt }) => attempt.operation === 'refund',
        (transition) => ({
          ...transition,
          change: { ...transition.change, amountRefunded: 1001n },
        }),
      ),
    }),
    `${paymentId}/000008`,
  ],
  [
    'a capture beyond what was authorized',
    ({ paymentTransitions }) => ({
      paymentTransitions: changed(
        paymentTransitions,
        ({ attempt }) => attempt.operation === 'capture',
        (transition) => ({
          ...transition,
          change: { ...transition.change, capturable: 401n },
        }),
      ),
    }),
    `${paymentId}/000004`,
  ],
  [
    'a transition that starts from another state than the one before led to',
    ({ paymentTransitions }) => ({
      paymentTransitions: changed(
        paymentTransitions,
        ({ attempt }) => attempt.operation === 'refund',
        (transition) => ({
          ...transition,
          from: 'authorized',
        }),
      ),
    }),
    `${paymentId}/000008`,
  ],
  [
    'a payment with another movement than its transition tells',
    ({ payments }) => ({
      payments: changed(payments, any, (payment) => ({
        ...payment,
        movements: Object.fromEntries(
          Object.entries(payment.movements).map(([id, movement]) => [
            id,
            { ...movement, amount: movement.amount + 1n },
          ]),
        ),
      })),
    }),
    `${paymentId}/000004`,
  ],
  [
    'a gift card with more on it than its steps left',
    ({ giftCards }) => ({
      giftCards: changed(giftCards, any, (each) => ({ ...each, balance: each.balance + 1n })),
    }),
    card,
  ],
  [
    'a step of a gift card that is gone',
    ({ giftCardTransitions }) => ({ giftCardTransitions: giftCardTransitions.toSpliced(1, 1) }),
    new RegExp(`^${card}/`, 'u'),
  ],
  [
    'a step of a gift card that takes it below zero',
    ({ giftCardTransitions }) => ({
      giftCardTransitions: changed(
        giftCardTransitions,
        ({ step }) => step === 'hold',
        (step) => ({
          ...step,
          movement: { ...step.movement, held: 501n },
          change: { ...step.change, held: 501n, available: -1n },
        }),
      ),
    }),
    new RegExp(`^${card}/`, 'u'),
  ],
  [
    'a lot of which less was taken back',
    ({ lots }) => ({ lots: changed(lots, any, (lot) => ({ ...lot, remaining: lot.remaining + 1n })) }),
    /^lot_/u,
  ],
  [
    'a lot that nothing made',
    ({ lots }) => ({ lots: [...lots, ...lots.slice(0, 1).map((lot) => ({ ...lot, id: 'lot_x' }))] }),
    'lot_x',
  ],
  ['a lot that is gone', ({ lots }) => ({ lots: lots.slice(1) }), /^lot_/u],
  [
    'a transition whose lots are not what it posts to the seller',
    ({ transitions }) => ({
      transitions: changed(
        transitions,
        ({ lots }) => lots.length > 0,
        (each) => ({ ...each, lots: [] }),
      ),
    }),
    `${paymentId}/000004`,
  ],
  [
    'a payment whose commission is not what its terms say',
    ({ payments }) => ({
      payments: changed(payments, any, (each) => ({ ...each, terms: { ...each.terms, commissionBasisPoints: 1400 } })),
    }),
    paymentId,
  ],
  [
    'a segment with another hash',
    ({ segments }) => ({ segments: changed(segments, any, (segment) => ({ ...segment, hash: 'f'.repeat(64) })) }),
    /^segment 1 of chain \d$/u,
  ],
  [
    'a segment that was sealed anew',
    ({ segments }) => ({
      segments: changed(
        segments,
        ({ number }) => number === 1,
        (segment) => sealSegment({ ...segment, bookedAt: `${day}T11:59:59.999Z` }),
      ),
    }),
    /^segment 2 of chain \d$/u,
  ],
  [
    'a head that is gone',
    ({ heads }) => ({ heads: heads.filter(({ number }) => number === 0) }),
    /^the head of chain \d$/u,
  ],
  [
    'a head that ends elsewhere',
    ({ heads }) => ({
      heads: changed(
        heads,
        ({ number }) => number > 0,
        (head) => ({ ...head, number: 99 }),
      ),
    }),
    /^the head of chain \d$/u,
  ],
  [
    'a bucket with another sum',
    ({ buckets }) => ({
      buckets: changed(buckets, any, (bucket) => ({
        ...bucket,
        totals: bucket.totals.map((total) => ({ ...total, debit: total.debit + 1n })),
      })),
    }),
    /^the bucket of \S+ in chain \d$/u,
  ],
  ['a bucket that is gone', ({ buckets }) => ({ buckets: buckets.slice(1) }), /^the bucket of \S+ in chain \d$/u],
  ['a late entry without its mark', () => ({ lateMarks: [] }), `${paymentId}/000004`],
  [
    'a mark of an entry that was not late',
    ({ lateMarks }) => ({ lateMarks: [...lateMarks, { chain: 0, entryId: 'pay_x/1', segment: 1 }] }),
    'pay_x/1',
  ],
  [
    'a root with other totals',
    ({ roots }) => ({ roots: changed(roots, any, (root) => ({ ...root, totals: [] })) }),
    `the root of ${day}`,
  ],
  [
    'a root that was signed for another time',
    ({ roots }) => ({ roots: changed(roots, any, (root) => ({ ...root, signedAt: '2026-01-01T00:00:00.000Z' })) }),
    `the root of ${day}`,
  ],
  ['a root that is gone', () => ({ roots: [] }), `the root of ${day}`],
];

describe('sound books', () => {
  test('fit, and come to zero', () => {
    const verdict = verifyBooks(sound, { ...settled, publicKey: spki });
    expect(verdict.findings).toEqual([]);
    expect(verdict.totals.length).toBeGreaterThan(5);
    // Each row below changes something that is there.
    expect(sound.lateMarks.length).toBe(1);
  });

  test('fit with a payment that was given a date by itself', () => {
    const given = changed(sound.payments, any, (each) => ({ ...each, version: each.version + 1, datesGiven: 1 }));
    expect(verifyBooks({ ...sound, payments: given }, settled).findings).toEqual([]);
  });

  test.each(defects)('no longer fit with %s', (_what, damage, id) => {
    const { findings } = verifyBooks({ ...sound, ...damage(sound) }, settled);
    expect(findings[0]?.id ?? 'nothing').toMatch(typeof id === 'string' ? new RegExp(`^${id}$`, 'u') : id);
  });

  test('do not fit another key than the one that is known to sign', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
    const { findings } = verifyBooks(sound, { ...settled, publicKey: other });
    expect(findings.map(({ id }) => id)).toEqual([`the root of ${day}`]);
  });
});

describe('what is on its way', () => {
  const withoutLast = () => {
    const [last] = sound.segments.slice(-1);
    if (!last) throw new Error('there is no segment');
    // The journal as it was before its last segment, and before the day was closed.
    return { ...sound, segments: [], heads: [], buckets: [], lateMarks: [], roots: [] };
  };

  test('is told apart from what is missing by how young it is', () => {
    const young = verifyBooks(withoutLast(), { settled: false });
    expect(young.findings).toEqual([]);
    expect(young.notJournaledYet).toHaveLength(sound.transitions.length);
    expect(verifyBooks(withoutLast(), settled).findings[0]?.id).toBe(`${paymentId}/000002`);
  });

  test('is missing when something much younger has been there', () => {
    const [first] = sound.transitions;
    if (!first) throw new Error('there is no transition');
    const later = {
      ...first,
      entry: { ...first.entry, objectId: 'pay_later', occurredAt: '2026-11-22T12:00:00.000Z' },
    };
    const { findings, notJournaledYet } = verifyBooks(
      { ...withoutLast(), transitions: [...sound.transitions, later] },
      { settled: false },
    );
    expect(notJournaledYet).toEqual(['pay_later/000002']);
    expect(findings).toHaveLength(sound.transitions.length);
  });

  test('a day that is closed may still wait for its signature', () => {
    const unsigned = { ...sound, roots: [] };
    expect(verifyBooks(unsigned, { settled: false })).toMatchObject({ findings: [], notSignedYet: [day] });
  });
});
