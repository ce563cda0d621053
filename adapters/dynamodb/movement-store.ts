import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Movement } from '../../core/payments/movements/movement.ts';
import { mostMovementsFor } from '../../core/payments/movements/movement.ts';
import { statusesFor } from '../../core/payments/movements/movement-rules.ts';
import type { Payment } from '../../core/payments/payment.ts';
import type { MovementStore } from '../../core/payments/ports.ts';
import { noPart } from '../../core/payments/tenders/tender-share.ts';
import type { Transition } from '../../core/payments/transition.ts';
import { spreadOut } from './back-off.ts';
import { cancellationReasons } from './errors.ts';
import { findLots } from './find-lots.ts';
import { writeOf } from './lot-item.ts';
import { toMovementItem } from './movement-item.ts';
import { paymentKey, toPayment } from './payment-item.ts';
import { dynamoPaymentStore, findPayment, writesOf } from './payment-store.ts';
import { transactWrite } from './transact.ts';

interface Tables {
  readonly paymentsTableName: string;
  readonly lotsTableName: string;
}

/** Movements within the payments' table, and the lots that they open and reverse. */
export function dynamoMovementStore(client: DynamoDBClient, tables: Tables): MovementStore {
  const { paymentsTableName, lotsTableName } = tables;
  const payments = dynamoPaymentStore(client, paymentsTableName);
  return {
    find: (paymentId) => payments.find(paymentId),
    changeOf: (paymentId, version) => payments.changeOf(paymentId, version),
    begin: (payment, movement, now) => begin(client, paymentsTableName, payment, movement, now),
    lots: (lotIds) => findLots(client, lotsTableName, lotIds),
    recordMovement: (transition, attempt) => recordMovement(client, tables, transition, attempt),
  };
}

/** One update without any transaction: fifty at once stand in line at the item, and none of them fails for the others. */
async function begin(
  client: DynamoDBClient,
  tableName: string,
  payment: Payment,
  movement: Movement,
  now: Date,
): ReturnType<MovementStore['begin']> {
  const remainder = movement.kind === 'refund' ? 'refundable' : 'capturable';
  // What takes all that is left takes what was read, and nothing that came back in between.
  const takesAll = movement.taken === payment[remainder];
  const statuses = statusesFor(movement.kind);
  const count = limitOf(movement);
  const parts = partsOf(payment, movement, takesAll);
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: paymentKey(payment.id),
    UpdateExpression:
      'SET movements.#id = :movement, #remainder = #remainder - :taken, #version = #version + :one, ' +
      'begun = :begun, updatedAt = :now' +
      parts.sets,
    ConditionExpression:
      `attribute_not_exists(movements.#id) AND #remainder ${takesAll ? '=' : '>='} :taken AND ` +
      `#status IN (${statuses.map((_, index) => `:status${index}`).join(', ')})` +
      (movement.kind === 'capture' ? ' AND authorizationExpiresAt > :now' : '') +
      count.condition +
      parts.conditions,
    ExpressionAttributeNames: {
      '#id': movement.id,
      '#remainder': remainder,
      '#version': 'version',
      '#status': 'status',
    },
    ExpressionAttributeValues: marshall({
      ':movement': toMovementItem(movement),
      ':taken': movement.taken,
      ':one': 1,
      // The stream tells by it of a movement that somebody may have to look after.
      ':begun': true,
      ':now': now.toISOString(),
      ...count.values,
      ...parts.values,
      ...Object.fromEntries(statuses.map((status, index) => [`:status${index}`, status])),
    }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes: item } = await client.send(command);
    if (!item) throw new Error(`The update of ${payment.id} answered no item`);
    return { kind: 'begun', payment: toPayment(item) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const standing = error.Item && toPayment(error.Item);
    // The SDK's own second try of an update whose answer was lost runs into the first one's work.
    const own = standing?.movements[movement.id];
    if (standing && own?.begunBy === movement.begunBy && own.state === 'pending') {
      return { kind: 'begun', payment: standing };
    }
    return { kind: 'refused', payment: standing };
  }
}

/** How many movements a payment may have had when this one begins. */
function limitOf({ kind }: Movement) {
  const most = mostMovementsFor(kind);
  if (!Number.isFinite(most)) return { condition: '', values: {} };
  return { condition: ' AND size(movements) < :most', values: { ':most': most } };
}

/**
 * Over several tenders a movement takes out of each one's remainder too, on the condition that it has as much: racing
 * movements never overdraw one tender because another has enough.
 */
function partsOf({ shares = [] }: Payment, { kind, parts = [] }: Movement, takesAll: boolean) {
  const remainder = kind === 'refund' ? 'refundable' : 'capturable';
  // A refund of all leaves shares alone that chargebacks have taken too much of; its total is asked for exactly.
  const isExact = takesAll && kind !== 'refund';
  const path = (index: number) => `shares[${index}].${remainder}`;
  const taking = shares.flatMap((_, index) => {
    const { taken } = parts[index] ?? noPart;
    return taken > 0n || isExact ? [{ index, taken }] : [];
  });
  return {
    sets: taking.map(({ index }) => `, ${path(index)} = ${path(index)} - :part${index}`).join(''),
    conditions: taking.map(({ index }) => ` AND ${path(index)} ${isExact ? '=' : '>='} :part${index}`).join(''),
    values: Object.fromEntries(taking.map(({ index, taken }) => [`:part${index}`, taken])),
  };
}

/** The payment's two items and the lots, all or none. */
async function recordMovement(
  client: DynamoDBClient,
  { paymentsTableName, lotsTableName }: Tables,
  transition: Transition,
  attempt: number,
): ReturnType<MovementStore['recordMovement']> {
  try {
    await transactWrite(client, [
      ...writesOf(paymentsTableName, transition),
      ...transition.lots.map((change) => writeOf(lotsTableName, change)),
    ]);
    return { kind: 'recorded' };
  } catch (error) {
    if (!cancellationReasons(error).includes('ConditionalCheckFailed')) throw error;
    await spreadOut(attempt);
    return { kind: 'changed', payment: await findPayment(client, paymentsTableName, transition.paymentId) };
  }
}
