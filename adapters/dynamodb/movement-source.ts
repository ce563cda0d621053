import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Movement } from '../../core/payments/movements/movement.ts';
import { parseMovementReference } from '../../core/payments/movements/movement.ts';
import type { Payment } from '../../core/payments/payment.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import { expectedAmounts } from '../../core/settlement/expected-amounts.ts';
import type { BookAnswer } from '../../core/settlement/match-line.ts';
import type { BookSource } from '../../core/settlement/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { paymentKey, toPayment, transitionKey } from './payment-item.ts';
import { toTransition } from './transition-item.ts';

interface FoundMovement {
  readonly reference: string;
  readonly paymentId: string;
  readonly movement: Movement;
}

/**
 * What the payments say of references of captures or of refunds: a reference names its payment, and what is expected is
 * what the transition posted that ended the movement. Up to 100 references are two batches, strongly consistent. A payment
 * that this release cannot read is as if it did not exist: for people, and no reason to hold up others.
 */
export function dynamoMovementSource(
  client: DynamoDBClient,
  tableName: string,
  operation: 'capture' | 'refund',
): BookSource {
  return async (references) => {
    const found = await movementsOf(client, tableName, references);
    const ended = found.filter(({ movement }) => movement.kind === operation && movement.state === 'succeeded');
    const transitions = await transitionsOf(client, tableName, ended);
    return new Map(
      found.flatMap((each): [string, BookAnswer][] => {
        const answer = answerOf(each, operation, transitions.get(each.reference));
        return answer ? [[each.reference, answer]] : [];
      }),
    );
  };
}

function answerOf(
  { paymentId, movement }: FoundMovement,
  operation: 'capture' | 'refund',
  transition: StoredTransition | undefined,
): BookAnswer | undefined {
  if (movement.kind !== operation) return { kind: 'other', paymentId, operation: movement.kind };
  switch (movement.state) {
    case 'pending':
    case 'failed':
      return { kind: movement.state, paymentId };
    case 'succeeded':
      return transition && { kind: 'succeeded', paymentId, amounts: expectedAmounts(transition.postings) };
  }
}

async function movementsOf(
  client: DynamoDBClient,
  tableName: string,
  references: readonly string[],
): Promise<readonly FoundMovement[]> {
  const named = references.flatMap((reference) => {
    const parsed = parseMovementReference(reference);
    return parsed ? [{ reference, ...parsed }] : [];
  });
  const keys = [...new Set(named.map(({ paymentId }) => paymentId))].map(paymentKey);
  const items = await batchGetItems(client, tableName, keys, { consistent: true });
  const payments = new Map(readable(items, toPayment).map((payment): [string, Payment] => [payment.id, payment]));
  return named.flatMap(({ reference, paymentId, movementId }) => {
    const movement = payments.get(paymentId)?.movements[movementId];
    return movement ? [{ reference, paymentId, movement }] : [];
  });
}

async function transitionsOf(
  client: DynamoDBClient,
  tableName: string,
  ended: readonly FoundMovement[],
): Promise<ReadonlyMap<string, StoredTransition>> {
  const keys = ended.flatMap(({ paymentId, movement: { version } }) =>
    version === undefined ? [] : [transitionKey(paymentId, version)],
  );
  const items = await batchGetItems(client, tableName, keys, { consistent: true });
  return new Map(readable(items, toTransition).map((transition) => [transition.attempt.reference, transition]));
}

function readable<T>(
  items: readonly Record<string, AttributeValue>[],
  read: (item: Record<string, AttributeValue>) => T,
): readonly T[] {
  return items.flatMap((item) => {
    try {
      return [read(item)];
    } catch {
      return [];
    }
  });
}
