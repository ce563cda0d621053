import type { AttributeValue, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { GiftCard, GiftCardHold } from '../../core/gift-cards/gift-card.ts';
import type { GiftCardReader, GiftCardState, GiftCardStore } from '../../core/gift-cards/ports.ts';
import type { GiftCardTransition } from '../../core/gift-cards/transition.ts';
import { batchGetItems } from './batch-get.ts';
import { cancellationReasons, isConditionalCheckFailed, isPassingCancellation } from './errors.ts';
import {
  expiryPosition,
  giftCardKey,
  giftCardTransitionKey,
  holdKey,
  toGiftCard,
  toGiftCardTransition,
  toGiftCardTransitionItem,
  toHold,
  toHoldItem,
} from './gift-card-item.ts';
import { transactWrite } from './transact.ts';

/** Gift cards, their holds and their transitions in one DynamoDB table (docs/architecture.md, "Tables"). */
export function dynamoGiftCardStore(client: DynamoDBClient, tableName: string): GiftCardStore & GiftCardReader {
  return {
    find: (giftCardId) => findGiftCard(client, tableName, giftCardId),
    read: (giftCardId, { transitionId, paymentId }) => {
      const keys = [
        giftCardKey(giftCardId),
        giftCardTransitionKey(giftCardId, transitionId),
        ...(paymentId === undefined ? [] : [holdKey(giftCardId, paymentId)]),
      ];
      return readState(client, tableName, keys);
    },
    record: async (transition, hold) => {
      try {
        await transactWrite(client, itemsOf(tableName, transition, hold));
        return 'recorded';
      } catch (error) {
        // A crowd outlasts the few tries for conflicts: whoever decides anew meets a card that has moved on.
        if (cancellationReasons(error).includes('ConditionalCheckFailed') || isPassingCancellation(error)) {
          return 'changed';
        }
        throw error;
      }
    },
    closeHold: async (hold) => {
      try {
        await client.send(new PutItemCommand(newItem(tableName, toHoldItem(hold))));
        return 'closed';
      } catch (error) {
        if (isConditionalCheckFailed(error)) return 'exists';
        throw error;
      }
    },
  };
}

/** The card as it stands, strongly consistent. */
export async function findGiftCard(
  client: DynamoDBClient,
  tableName: string,
  giftCardId: string,
): Promise<GiftCard | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: giftCardKey(giftCardId), ConsistentRead: true }),
  );
  return item && toGiftCard(item);
}

/** A put that never overwrites. */
export function newItem(tableName: string, item: Record<string, AttributeValue>) {
  return { TableName: tableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' };
}

async function readState(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly Record<string, AttributeValue>[],
): Promise<GiftCardState> {
  const items = await batchGetItems(client, tableName, keys, { consistent: true });
  const bySortKey = (prefix: string) => items.find(({ sk }) => sk?.S?.startsWith(prefix) === true);
  const [card, hold, transition] = [bySortKey('card'), bySortKey('hold#'), bySortKey('transition#')];
  return {
    card: card && toGiftCard(card),
    hold: hold && toHold(hold),
    transition: transition && toGiftCardTransition(transition),
  };
}

type HoldChange = Parameters<GiftCardStore['record']>[1];

/** Two items are a transition (decision 2), and the hold's where the step has one. */
function itemsOf(tableName: string, transition: GiftCardTransition, hold: HoldChange): TransactWriteItem[] {
  return [
    { Update: { TableName: tableName, Key: giftCardKey(transition.giftCardId), ...updateOf(transition) } },
    { Put: newItem(tableName, toGiftCardTransitionItem(transition)) },
    ...(hold ? [{ Put: putOf(tableName, hold) }] : []),
  ];
}

/**
 * Adds and subtracts what the step moves, each remainder on the condition that it has it: the card cannot be overdrawn
 * even by a caller that decided wrongly. The version is asked for besides, because it is the transition's number
 * (decision record 0007). What is due to expire stays in its index, and leaves it when nothing is.
 */
function updateOf({ giftCardId, from, movement, change }: GiftCardTransition) {
  const { credited, held, redeemed, released, lapsed } = movement;
  const position = expiryPosition(giftCardId, change);
  const set = [
    'balance = balance + :toBalance, held = held + :toHeld, available = available + :toAvailable',
    'redeemed = :redeemed, lapsed = :lapsed, #status = :to, expiresAt = :expiresAt, version = :version',
    'updatedAt = :updatedAt',
    ...(position ? ['expireShard = :expireShard, expireAt = :expireAt'] : []),
  ];
  return {
    UpdateExpression: `SET ${set.join(', ')}${position ? '' : ' REMOVE expireShard, expireAt'}`,
    ConditionExpression:
      '#status = :from AND version = :before AND balance >= :spent AND held >= :resolved AND available >= :taken',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: marshall({
      ':toBalance': credited - redeemed - lapsed,
      ':toHeld': held - redeemed - released,
      ':toAvailable': credited + released - held - lapsed,
      ':spent': redeemed + lapsed,
      ':resolved': redeemed + released,
      ':taken': held + lapsed,
      ':redeemed': change.redeemed,
      ':lapsed': change.lapsed,
      ':from': from,
      ':to': change.status,
      ':before': change.version - 1,
      ':version': change.version,
      ':expiresAt': change.expiresAt,
      ':updatedAt': change.updatedAt,
      ...(position && { ':expireShard': position.expireShard, ':expireAt': position.expireAt }),
    }),
  };
}

function putOf(tableName: string, { before, after }: NonNullable<HoldChange>) {
  if (!before) return newItem(tableName, toHoldItem(after));
  return {
    TableName: tableName,
    Item: toHoldItem(after),
    ConditionExpression: '#status = :held AND redeemed = :redeemed AND released = :released',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: marshall(asRead(before)),
  };
}

function asRead({ status, redeemed, released }: GiftCardHold) {
  return { ':held': status, ':redeemed': redeemed, ':released': released };
}
