import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { backOffWithJitter } from '../../../adapters/dynamodb/back-off.ts';
import { dynamoClearingBook } from '../../../adapters/dynamodb/clearing-book.ts';
import { toJournalEntry } from '../../../adapters/dynamodb/journal-source.ts';
import { dynamoJournalStore } from '../../../adapters/dynamodb/journal-store.ts';
import { dynamoClosingStore } from '../../../adapters/dynamodb/ledger-reader.ts';
import { dynamoMovementSource } from '../../../adapters/dynamodb/movement-source.ts';
import { toPaymentItem } from '../../../adapters/dynamodb/payment-item.ts';
import { toTransitionItem } from '../../../adapters/dynamodb/transition-item.ts';
import { bookEntries } from '../../../core/ledger/journal/book-entries.ts';
import { journalChains } from '../../../core/ledger/journal/entry.ts';
import { movePayment } from '../../../core/payments/movements/move-payment.ts';
import { movementReference, parseMovementReference } from '../../../core/payments/movements/movement.ts';
import type { Payment } from '../../../core/payments/payment.ts';
import { recordOutcome } from '../../../core/payments/record-outcome.ts';
import type { ClearingMovement } from '../../../core/settlement/settlement.ts';
import { noGiftCards, platform, processingPayment } from '../../core/payments/fakes.ts';
import { fakeAcquirer, fakeMovementStore } from '../../core/payments/movements/fake-movements.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, fxTable, givenDynamo } from './dynamo-world.ts';

const describeHere = dynoxide === undefined ? describe.skip : describe;
const day = '2026-11-22';
const now = new Date(`${day}T10:00:00.000Z`);
const approved = {
  kind: 'approved',
  approvalCode: '1',
  networkReference: 'n',
  expiresAt: '2026-11-29T10:00:00.000Z',
} as const;

describeHere('what our book says of captures and refunds', () => {
  let dynamo: DynamoWorld;
  let payment: Payment;
  const references: Record<string, string> = {};

  beforeAll(async () => {
    dynamo = await givenDynamo(['payments', 'ledger'].map((name) => ({ ...fxTable, TableName: name })));
    const opened = processingPayment(10_000n);
    const world = fakeMovementStore();
    await world.store.open(opened);
    await recordOutcome(
      { payments: world.store, giftCards: noGiftCards },
      opened.id,
      approved,
      { assessment: { score: 0, decision: 'approve', reasons: [], decidedBy: 'model' } },
      now,
    );
    const { acquirer, setWeather } = fakeAcquirer(10_000n);
    const move = async (name: string, kind: 'capture' | 'refund', amount: bigint) => {
      const request = {
        ...{ principal: { ...platform, id: opened.ownerId }, paymentId: opened.id, kind, amount, isFinal: false },
        ...{ idempotencyKey: name, requestId: name, ...(kind === 'refund' ? { reason: 'test' } : {}) },
      };
      const known = new Set(Object.keys(world.payments.get(opened.id)?.movements ?? {}));
      await movePayment({ store: world.movements, acquirer, giftCards: noGiftCards }, request, now);
      const id = Object.keys(world.payments.get(opened.id)?.movements ?? {}).find((each) => !known.has(each)) ?? '';
      references[name] = movementReference(opened.id, { id });
    };
    await move('capture', 'capture', 6_000n);
    await move('refund', 'refund', 1_000n);
    setWeather('drop_before');
    await move('pending', 'capture', 500n);
    payment = world.payments.get(opened.id) ?? opened;
    const items = [toPaymentItem(payment), ...world.transitionsOf(opened.id).map(toTransitionItem)];
    for (const item of items) await dynamo.client.send(new PutItemCommand({ TableName: 'payments', Item: item }));
    const journal = dynamoJournalStore(dynamo.client, 'ledger');
    const entries = items.slice(1).map((item: Record<string, AttributeValue>) => toJournalEntry(item));
    await bookEntries({ journal, now: () => now, backOff: backOffWithJitter }, entries);
  });
  afterAll(() => dynamo.close());

  test('is found by the reference that names the payment', async () => {
    expect(parseMovementReference(references['capture'] ?? '')?.paymentId).toBe(payment.id);
    expect(references['capture']?.length).toBeLessThanOrEqual(64);
    const strangers = [
      'stranger',
      `${payment.id}-cap_${'0'.repeat(26)}`,
      `pay_${'0'.repeat(26)}-cap_${'0'.repeat(26)}`,
    ];
    const asked = [...Object.values(references), ...strangers];
    const paymentId = payment.id;
    expect(await dynamoMovementSource(dynamo.client, 'payments', 'capture')(asked)).toEqual(
      new Map<string | undefined, unknown>([
        [
          references['capture'],
          { kind: 'succeeded', paymentId, amounts: { EUR: { gross: 6_000n, fee: 180n, net: 5_820n } } },
        ],
        [references['refund'], { kind: 'other', paymentId, operation: 'refund' }],
        [references['pending'], { kind: 'pending', paymentId }],
      ]),
    );
    const refunds = await dynamoMovementSource(dynamo.client, 'payments', 'refund')(asked);
    expect(refunds.get(references['refund'] ?? '')).toEqual({
      ...{ kind: 'succeeded', paymentId },
      amounts: { EUR: { gross: -1_000n, fee: 0n, net: -1_000n } },
    });
  });

  test('is listed by the day of the journal, once it is closed', async () => {
    const book = dynamoClearingBook(dynamo.client, { ledgerTableName: 'ledger', paymentsTableName: 'payments' });
    expect(await book.isComplete(day)).toBe(false);
    const closing = dynamoClosingStore(dynamo.client, 'ledger');
    for (let chain = 0; chain < journalChains; chain += 1) await closing.closeChain(chain, day);
    expect(await book.isComplete(day)).toBe(true);
    expect(await book.isComplete('2026-11-23')).toBe(false);
    const movementsOf = async (of: string) => {
      const found: ClearingMovement[] = [];
      for await (const page of book.movementsOf(of)) found.push(...page);
      return found.toSorted((one, other) => (one.operation < other.operation ? -1 : 1));
    };
    const { id: paymentId } = payment;
    expect(await movementsOf(day)).toEqual([
      { reference: references['capture'], operation: 'capture', paymentId, net: 5_820n, currency: 'EUR' },
      { reference: references['refund'], operation: 'refund', paymentId, net: -1_000n, currency: 'EUR' },
    ]);
    expect(await movementsOf('2026-11-21')).toEqual([]);
    expect(await movementsOf('2026-11-23')).toEqual([]);
  });
});
