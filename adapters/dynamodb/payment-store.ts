import type { AttributeValue, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Payment } from '../../core/payments/payment.ts';
import type { PaymentStore, StoredTransition } from '../../core/payments/ports.ts';
import type { Transition } from '../../core/payments/transition.ts';
import { listPaymentsByCreation } from './list-payments-by-creation.ts';
import { listPaymentsByOwner } from './list-payments.ts';
import { toMovementItem } from './movement-item.ts';
import {
  attributesUntilOutcome,
  isPaymentItem,
  paymentKey,
  resolveShard,
  toChangedAttributes,
  toPayment,
  toPaymentItem,
  transitionKey,
} from './payment-item.ts';
import { toTransition, toTransitionItem } from './transition-item.ts';

/** Payments and their transitions in one DynamoDB table (docs/architecture.md, "Tables"). */
export function dynamoPaymentStore(client: DynamoDBClient, tableName: string): PaymentStore {
  return {
    open: async (payment) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toPaymentItem(payment),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { kind: 'opened' };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item) {
          return { kind: 'exists', payment: toPayment(error.Item) };
        }
        throw error;
      }
    },
    find: (paymentId) => findPayment(client, tableName, paymentId),
    endFlight: (payment) => endFlight(client, tableName, payment),
    changeOf: async (paymentId, version) => (await findTransition(client, tableName, paymentId, version))?.change,
    history: (paymentId) => history(client, tableName, paymentId),
    list: (query) =>
      query.ownerKind === 'user'
        ? listPaymentsByOwner(client, tableName, query)
        : listPaymentsByCreation(client, tableName, query),
  };
}

/** The transition that made a version of a payment; undefined where none did. */
export async function findTransition(
  client: DynamoDBClient,
  tableName: string,
  paymentId: string,
  version: number,
): Promise<StoredTransition | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: transitionKey(paymentId, version), ConsistentRead: true }),
  );
  return item && toTransition(item);
}

/** The payment as it stands, strongly consistent. */
export async function findPayment(
  client: DynamoDBClient,
  tableName: string,
  paymentId: string,
): Promise<Payment | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: paymentKey(paymentId), ConsistentRead: true }),
  );
  return item && toPayment(item);
}

async function endFlight(client: DynamoDBClient, tableName: string, payment: Payment): Promise<Payment | undefined> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: paymentKey(payment.id),
    UpdateExpression: 'SET inFlightUntil = createdAt',
    // Once the outcome is known nothing is in flight, and the item is none of ours to touch.
    ConditionExpression: '#status = :processing AND attribute_not_exists(outcomeWasUnknown)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':processing': { S: 'processing' } },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes: item } = await client.send(command);
    return item && toPayment(item);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item && toPayment(error.Item);
    throw error;
  }
}

/** Two items are a transition (decision 2): the payment's change and the immutable record of it. */
export function writesOf(tableName: string, transition: Transition): TransactWriteItem[] {
  return [
    { Update: { TableName: tableName, Key: paymentKey(transition.paymentId), ...updateOf(transition) } },
    {
      Put: {
        TableName: tableName,
        Item: toTransitionItem(transition),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
  ];
}

/** Sets what the transition changes, and leaves the index of due payments when nothing is due any more. */
function updateOf({ paymentId, from, change }: Transition) {
  const { resolveAt, movement } = change;
  const due = resolveAt === undefined ? {} : { resolveAt, resolveShard: resolveShard(paymentId) };
  const entries = Object.entries({
    ...toChangedAttributes(change),
    ...due,
    ...(movement?.state === 'pending' ? { begun: true } : {}),
  });
  // A movement that begins with this very transition is one to look after; one that ends is none any more.
  const begun = movement?.state === 'pending';
  const removed = [
    ...attributesUntilOutcome,
    ...(begun ? [] : ['begun']),
    ...(resolveAt === undefined ? ['resolveAt', 'resolveShard'] : []),
  ];
  const sets = entries.map((_, index) => `#f${index} = :f${index}`).join(', ');
  const setsMovement = movement ? ', movements.#movement = :movement' : '';
  return {
    UpdateExpression: `SET ${sets}${setsMovement} REMOVE ${removed.join(', ')}`,
    ConditionExpression: '#status = :from AND #version = :before',
    ExpressionAttributeNames: {
      ...Object.fromEntries(entries.map(([name], index) => [`#f${index}`, name])),
      '#status': 'status',
      '#version': 'version',
      ...(movement ? { '#movement': movement.id } : {}),
    },
    ExpressionAttributeValues: marshall({
      ...(movement ? { ':movement': toMovementItem(movement) } : {}),
      ...Object.fromEntries(entries.map(([, value], index) => [`:f${index}`, value])),
      ':from': from,
      ':before': change.version - 1,
    }),
  };
}

async function history(client: DynamoDBClient, tableName: string, paymentId: string) {
  const items: Record<string, AttributeValue>[] = [];
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: paymentId } },
        ConsistentRead: true,
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    items.push(...(page.Items ?? []));
    startKey = page.LastEvaluatedKey;
  } while (startKey);
  const payment = items.find(isPaymentItem);
  if (!payment) return undefined;
  return { payment: toPayment(payment), transitions: items.filter((item) => !isPaymentItem(item)).map(toTransition) };
}
