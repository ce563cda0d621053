import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ReviewDecided } from '../../../../core/fraud/reviews/await-decision.ts';
import { newShare } from '../../../../core/payments/tenders/tender-share.ts';
import { startResolutions } from '../../../../core/payments/start-resolutions.ts';
import type { ResolutionOrder } from '../../../../core/payments/messages.ts';
import { approved, givenReview, later } from './review-world.ts';

const captureOf = (world: Awaited<ReturnType<typeof givenReview>>) =>
  Object.values(world.current().movements).find(({ kind }) => kind === 'capture');

describe('a payment in doubt', () => {
  test('is authorized, and nothing of it can be captured or voided before a verdict', async () => {
    const world = await givenReview();
    expect(world.current()).toMatchObject({ status: 'in_review', amountAuthorized: 4200n, capturable: 0n });
    expect(world.review()).toMatchObject({
      ...{ state: 'open', score: 0.4, deadline: later(24).toISOString(), amount: 4200n },
      reasons: [{ code: 'amount_unusual' }],
    });
    for (const kind of ['capture', 'void', 'refund'] as const) {
      expect(await world.ask(kind)).toMatchObject({ kind: 'notPossible', status: 'in_review' });
    }
    await world.finish(later(20));
    expect(world.book.size).toBe(0);
  });

  test('is not held beyond its authorization', async () => {
    const expiresAt = later(6).toISOString();
    const outcome = { kind: 'approved', approvalCode: 'A', networkReference: 'N', expiresAt } as const;
    const world = await givenReview({ outcome });
    expect(world.review()?.deadline).toBe(later(5).toISOString());
  });

  test.each(['manual', 'automatic'] as const)('goes on when it is approved (capture %s)', async (capture) => {
    const world = await givenReview({ changes: { capture } });
    expect(await world.decide('ada', 'approve')).toMatchObject({ kind: 'decided', review: { state: 'approved' } });
    await world.finish();
    if (capture === 'manual') {
      expect(world.current()).toMatchObject({ status: 'authorized', capturable: 4200n });
      expect(await world.ask('capture')).toMatchObject({ kind: 'moved', movement: { state: 'succeeded' } });
    }
    expect(world.current()).toMatchObject({ status: 'captured', amountCaptured: 4200n });
    expect(world.sum('capture')).toBe(4200n);
  });

  test.each(['manual', 'automatic'] as const)('is voided when it is declined (capture %s)', async (capture) => {
    const world = await givenReview({ changes: { capture } });
    await world.decide('ada', 'decline');
    expect(world.transitionsOf(world.payment.id).at(-1)?.cause).toBe(world.id);
    expect(world.current()).toMatchObject({ status: 'in_review', capturable: 0n });
    expect(await world.ask('capture')).toMatchObject({ kind: 'notPossible' });
    await world.finish();
    expect(world.current()).toMatchObject({ status: 'voided', amountCaptured: 0n });
    const released = world.transitionsOf(world.payment.id).flatMap(({ postings }) => postings);
    const holds = released.filter(({ account }) => account === 'auth_hold');
    expect(holds.reduce((sum, { side, amount }) => sum + (side === 'debit' ? amount : -amount), 0n)).toBe(0n);
  });

  test('that was declined and cannot be released stays where it is, for people', async () => {
    const world = await givenReview();
    await world.decide('ada', 'decline');
    const { movements } = world.current();
    const voiding = Object.values(movements)[0];
    world.acquirer.cancel = () => Promise.resolve({ kind: 'tooLate', approval: approved });
    await world.finish();
    expect(world.current()).toMatchObject({ status: 'in_review', capturable: 0n });
    expect(world.current().movements[voiding?.id ?? '']).toMatchObject({
      state: 'failed',
      failureCode: 'void_too_late',
    });
    expect(await world.ask('capture')).toMatchObject({ kind: 'notPossible' });
  });

  test('by gift card and card gives each its part again', async () => {
    const shares = [newShare(1200n, 'gc_1'), newShare(3000n)];
    const going = await givenReview({ changes: { shares } });
    await going.decide('ada', 'approve');
    expect(going.current()).toMatchObject({
      capturable: 4200n,
      shares: [{ capturable: 1200n }, { capturable: 3000n }],
    });
    const ended = await givenReview({ changes: { shares } });
    await ended.decide('ada', 'decline');
    expect(Object.values(ended.current().movements)).toMatchObject([
      { kind: 'void', amount: 4200n, parts: [{ taken: 1200n }, { taken: 3000n }] },
    ]);
  });
});

describe('a verdict', () => {
  test('is given once: of two at once one counts, and the other is told', async () => {
    const world = await givenReview();
    const answers = await Promise.all([world.decide('ada', 'approve'), world.decide('bob', 'decline')]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['decided', 'decidedBefore']);
  });

  test('is answered again to whoever gave it', async () => {
    const world = await givenReview();
    const first = await world.decide('ada', 'approve');
    expect(await world.decide('ada', 'approve', later(1))).toEqual(first);
    expect(await world.decide('ada', 'decline')).toMatchObject({ kind: 'decidedBefore' });
  });

  test('is not given while somebody else looks, until that has run out', async () => {
    const world = await givenReview();
    expect(await world.claim('ada')).toMatchObject({ kind: 'claimed', review: { claim: { by: 'ada' } } });
    expect(await world.claim('bob')).toMatchObject({ kind: 'claimedByOther', claim: { by: 'ada' } });
    expect(await world.decide('bob', 'approve')).toMatchObject({ kind: 'claimed', claim: { by: 'ada' } });
    expect(await world.claim('bob', later(0.51))).toMatchObject({ kind: 'claimed' });
    expect(await world.decide('bob', 'approve', later(0.6))).toMatchObject({ kind: 'decided' });
    expect(await world.claim('ada', later(2))).toMatchObject({ kind: 'decidedBefore' });
  });

  test('reaches the task that waits, whichever came first', async () => {
    const world = await givenReview();
    await world.wait('one');
    await world.wait('two');
    expect(await world.decide('ada', 'approve')).toMatchObject({ review: { taskToken: 'two' } });
    await expect(world.wait('three')).rejects.toBeInstanceOf(ReviewDecided);
  });

  test.each(['approve', 'decline'] as const)('is the default (%s) at the deadline, not before', async (verdict) => {
    const world = await givenReview({ reviewDefault: verdict });
    await world.claim('ada', later(23.9));
    expect(await world.end(later(23.99))).toBe('open');
    expect(await world.end(later(24))).toBe(verdict === 'approve' ? 'approved' : 'declined');
    expect(world.review()).toMatchObject({ decision: { by: 'deadline', verdict } });
    // A person's verdict is caused by the review, and makes a label; this one is nobody's.
    expect(world.transitionsOf(world.payment.id).at(-1)?.cause).toBe('deadline');
    expect(await world.decide('ada', 'approve', later(24))).toMatchObject({ kind: 'decidedBefore' });
  });

  test('of nothing is unknown', async () => {
    const world = await givenReview();
    world.reviews.clear();
    expect(await world.decide('ada', 'approve')).toEqual({ kind: 'unknown' });
    expect(await world.claim('ada')).toEqual({ kind: 'unknown' });
  });
});

test('the resolver ends a review that nobody decided, and finishes the void of one that was declined', async () => {
  const started: ResolutionOrder[] = [];
  const world = await givenReview();
  const queue = {
    due: (shard: number, at: Date) =>
      Promise.resolve({
        paymentIds: shard === 0 && (world.current().resolveAt ?? '9') <= at.toISOString() ? [world.payment.id] : [],
        next: undefined,
      }),
    find: () => Promise.resolve(world.current()),
    beginRound: () => Promise.resolve(true),
  };
  const workflow = { start: (_name: string, order: ResolutionOrder) => Promise.resolve(void started.push(order)) };
  const startAt = (at: Date) => startResolutions({ queue, workflow }, at, () => true);
  await startAt(later(24));
  expect(started).toEqual([]);
  await startAt(later(24.2));
  await world.end(later(24.2));
  await startAt(later(25));
  expect(started.map(({ purpose }) => purpose)).toEqual(['end_review', 'finish_movements']);
});

const step = fc.oneof(
  fc.record({
    kind: fc.constant('decide'),
    by: fc.constantFrom('ada', 'bob'),
    verdict: fc.constantFrom('approve', 'decline'),
  }),
  fc.record({ kind: fc.constant('claim'), by: fc.constantFrom('ada', 'bob') }),
  fc.record({ kind: fc.constantFrom('end', 'finish', 'capture', 'void', 'wait') }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test('whatever happens at once and again: one verdict, and what was declined is never captured', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
      fc.constantFrom('manual', 'automatic'),
      async (rounds, capture) => {
        const world = await givenReview({ changes: { capture } });
        let hours = 0;
        const take = async (each: Step): Promise<unknown> => {
          const at = later(hours);
          switch (each.kind) {
            case 'decide':
              return world.decide(each.by, each.verdict, at);
            case 'claim':
              return world.claim(each.by, at);
            case 'end':
              return world.end(at);
            case 'finish':
              return world.finish(at);
            case 'capture':
            case 'void':
              return world.ask(each.kind, at);
            case 'wait':
              return world.wait(`token-${hours}`).catch((error: unknown) => {
                if (!(error instanceof ReviewDecided)) throw error;
              });
          }
        };
        for (const round of rounds) {
          await Promise.all(round.map(take));
          hours += 5;
        }
        const verdicts = world.transitionsOf(world.payment.id).filter(({ attempt }) => attempt.operation === 'review');
        const { state } = world.review() ?? { state: 'open' };
        expect(verdicts).toHaveLength(state === 'open' ? 0 : 1);
        expect(world.current().review?.state).toBe(state);
        if (state !== 'approved') expect(world.sum('capture')).toBe(0n);
        await world.finish(later(hours));
        if (state === 'declined') expect(world.current().status).toBe('voided');
        if (state === 'open') expect(world.current().status).toBe('in_review');
        if (state === 'approved' && capture === 'automatic') expect(captureOf(world)?.state).toBe('succeeded');
      },
    ),
    { numRuns: 300 },
  );
});

test('opens no review for what was not in doubt, or was refused', async () => {
  const declined = await givenReview({ outcome: { kind: 'declined', code: 'do_not_honor' } });
  expect(declined.review()).toBeUndefined();
  expect(declined.current().status).toBe('declined');
});
