import { describe, expect, test } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { toPayment, toPaymentItem } from '../../../adapters/dynamodb/payment-item.ts';
import { postingText, toPostingText } from '../../../adapters/dynamodb/posting-text.ts';
import { toTransition, toTransitionItem } from '../../../adapters/dynamodb/transition-item.ts';
import { conversionOf } from '../../../core/fx/conversion.ts';
import { featureNames, featureSchemaHash } from '../../../core/fraud/features/features.ts';
import { keepFeatures, vectorOf } from '../../../core/fraud/features/kept-features.ts';
import { deriveId } from '../../../core/ids.ts';
import { accounts } from '../../../core/ledger/accounts.ts';
import type { Posting } from '../../../core/ledger/posting.ts';
import { movePayment } from '../../../core/payments/movements/move-payment.ts';
import type { Payment } from '../../../core/payments/payment.ts';
import { recordOutcome } from '../../../core/payments/record-outcome.ts';
import { streamEvent } from '../../../lambdas/payments/stream-event.ts';
import { parseJsonObject } from '../../../local/kernel/json.ts';
import { itemBytes } from '../../../local/meter/item-size.ts';
import { itemJson } from '../../item-json.ts';
import { givenQuote } from '../../core/fx/random-conversion.ts';
import { cardTender, noGiftCards, platform, processingPayment } from '../../core/payments/fakes.ts';
import { fakeAcquirer, fakeMovementStore } from '../../core/payments/movements/fake-movements.ts';
import { approvedForAWeek, givenSplitPayment } from '../../core/payments/tenders/split-world.ts';

const now = new Date('2026-11-22T10:00:00.123Z');
const approved = { kind: 'approved', approvalCode: '123456', networkReference: 'net_0123456789abcde' } as const;
const assessment = { score: 0.2, decision: 'approve', reasons: [], decidedBy: 'model' } as const;
const vector = featureNames.map((_, index) => index / 3);
const asJson = (item: Record<string, AttributeValue>) => parseJsonObject(itemJson(item), 'item');
const bytes = (item: Record<string, AttributeValue>) => itemBytes(asJson(item));

async function given(opened: Payment) {
  const world = fakeMovementStore();
  await world.store.open(opened);
  const { acquirer } = fakeAcquirer(opened.amount);
  await recordOutcome(
    { payments: world.store, giftCards: noGiftCards },
    opened.id,
    { ...approved, expiresAt: '2026-11-29T10:00:00.000Z' },
    { assessment, features: keepFeatures(featureSchemaHash, vector) },
    now,
  );
  const move = (kind: 'capture' | 'void' | 'refund', amount: bigint | undefined, key: string) =>
    movePayment(
      { store: world.movements, acquirer, giftCards: noGiftCards },
      {
        ...{ principal: { ...platform, id: opened.ownerId }, paymentId: opened.id, kind, amount, isFinal: false },
        ...{ idempotencyKey: key, requestId: 'JKJaXmPLvHcESHA=' },
        ...(kind === 'refund' ? { reason: 'arrived damaged' } : {}),
      },
      now,
    );
  const items = () => ({
    payment: world.payments.get(opened.id) ?? opened,
    transitions: world.transitionsOf(opened.id),
  });
  return { move, items };
}

const quote = givenQuote({ from: 'USD', to: 'EUR', amount: 9000n }, { numerator: 10n, denominator: 11n }, 100);
const conversion = conversionOf(quote, 'seller');

const step = fc.record({
  kind: fc.constantFrom('capture', 'capture', 'void', 'refund'),
  amount: fc.option(fc.bigInt({ min: 1n, max: 6000n }), { nil: undefined }),
});

describe('a payment and its transitions', () => {
  test('come back from their items as they were, whatever happened to them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.constantFrom('manual', 'automatic'),
        fc.constantFrom({}, { currency: 'USD', conversion }),
        async (steps, capture, converted) => {
          const { move, items } = await given({ ...processingPayment(9000n), capture, ...converted });
          for (const [index, { kind, amount }] of steps.entries()) await move(kind, amount, `key-${index}`);
          const { payment, transitions } = items();
          expect(toPayment(toPaymentItem(payment))).toEqual(payment);
          expect(transitions.map((each) => toTransition(toTransitionItem(each)))).toEqual(transitions);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('over several tenders come back too', async () => {
    const balances = fc.array(fc.bigInt({ min: 1n, max: 2000n }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(balances, fc.array(step, { maxLength: 6 }), async (cards, steps) => {
        const world = await givenSplitPayment(9000n, cards);
        await world.authorize(approvedForAWeek);
        for (const [index, { kind, amount }] of steps.entries())
          await world.ask(kind, { ...(amount === undefined ? {} : { amount }), key: `key-${index}` });
        const payment = world.current();
        expect(payment.shares?.length).toBe(cards.length + 1);
        expect(toPayment(toPaymentItem(payment))).toEqual(payment);
        const transitions = world.transitionsOf(payment.id);
        expect(transitions.map((each) => toTransition(toTransitionItem(each)))).toEqual(transitions);
      }),
      { numRuns: 100 },
    );
  });

  test('come back when nothing of them follows from the rest', async () => {
    const { move, items } = await given(processingPayment());
    await move('capture', undefined, 'all');
    const captured = items().transitions[1];
    const [opening] = captured?.lots ?? [];
    if (!captured || opening?.kind !== 'open') throw new Error('a capture opens a lot');
    const lot = { ...opening.lot, paymentId: 'pay_other', remaining: 1n, state: 'released', createdAt: 'x' } as const;
    const change = { ...captured.change, status: 'refunded', updatedAt: 'y', outcomeWasUnknown: true } as const;
    const odd = { ...captured, lots: [{ kind: 'open', lot } as const], change };
    expect(toTransition(toTransitionItem(odd))).toEqual(odd);
  });

  test('keep what the model went by to 32-bit floats, also as streams and exports tell it', async () => {
    const { items } = await given(processingPayment());
    const item = toTransitionItem(items().transitions[0] ?? fail());
    const record = { dynamodb: { SequenceNumber: '1', NewImage: asJson(item) } };
    const [told] = streamEvent.parse({ Records: [record] }).Records;
    for (const each of [item, told?.dynamodb.NewImage ?? fail()]) {
      const kept = toTransition(each).features;
      expect(kept?.schema).toBe(featureSchemaHash);
      expect(kept && vectorOf(kept)).toEqual(vector.map(Math.fround));
    }
  });

  test('of one card, authorized and captured, stay below a kilobyte each with names of usual length', async () => {
    const { resolveAt: _notYet, ...template } = processingPayment(1_234_567_89n);
    const opened: Payment = {
      ...template,
      id: deriveId('pay_', 'size'),
      ownerId: '7a1b2c3d4e5f6g7h8i9j0k1l2m',
      requestHash: deriveId('req_', 'size'),
      openedBy: 'JKJaXmPLvHcESHA=',
      sellerId: deriveId('sel_', 'size'),
      buyer: { id: '01890a5d-ac96-774b-bcce-b302099a8057', email: 'augusta.ada.lovelace@analytical-engine.example' },
      context: {
        ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
        deviceId: '01890a5d-ac96-774b-bcce-b302099a8057',
        userAgent:
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
          'Version/18.5 Mobile/15E148 Safari/604.1',
        billingCountry: 'DE',
        shippingCountry: 'DE',
      },
      tender: { ...cardTender, brand: 'american-express', fingerprint: 'f'.repeat(43) },
    };
    const { move, items } = await given(opened);
    const authorized = items();
    await move('capture', undefined, 'all');
    const captured = items();
    const sizes = {
      opened: bytes(toPaymentItem(opened)),
      authorized: bytes(toPaymentItem(authorized.payment)),
      captured: bytes(toPaymentItem(captured.payment)),
      authorization: bytes(toTransitionItem(captured.transitions[0] ?? fail())),
      capture: bytes(toTransitionItem(captured.transitions[1] ?? fail())),
    };
    for (const [name, size] of Object.entries(sizes)) expect([name, size <= 1024, size]).toEqual([name, true, size]);
  });
});

function fail(): never {
  throw new Error('there is no such transition');
}

describe("a posting's text", () => {
  const posting = fc
    .record({
      account: fc.constantFrom(...accounts),
      side: fc.constantFrom('debit', 'credit'),
      amount: fc.bigInt({ min: 1n, max: 10n ** 30n }),
      currency: fc.constantFrom('EUR', 'JPY', 'BHD'),
      sellerId: fc.option(fc.stringMatching(/^sel_[0-9a-z]{1,26}$/u), { nil: undefined }),
    })
    .map(({ sellerId, ...rest }): Posting => (sellerId === undefined ? rest : { ...rest, sellerId }));

  test('says all of it, to the last digit', () => {
    fc.assert(fc.property(posting, (each) => expect(postingText.parse(toPostingText(each))).toEqual(each)));
    const text = toPostingText({ account: 'commission', side: 'credit', amount: 630n, currency: 'EUR' });
    expect(text).toBe('credit commission 630 EUR');
  });

  test.each([
    'credit commission 630',
    'credit nowhere 630 EUR',
    'owe commission 630 EUR',
    'credit commission -1 EUR',
    '',
  ])('`%s` is refused', (text) => {
    expect(postingText.safeParse(text).success).toBe(false);
  });
});
