import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { giftCardTransitionId } from '../../core/gift-cards/gift-card.ts';
import type { CodeHash, CodeIndex, GiftCardIssuer } from '../../core/gift-cards/ports.ts';
import { applyGiftCardChange } from '../../core/gift-cards/transition.ts';
import { epochSeconds } from './epoch-seconds.ts';
import { cancellationReasons } from './errors.ts';
import {
  giftCardTransitionKey,
  toGiftCardItem,
  toGiftCardTransition,
  toGiftCardTransitionItem,
} from './gift-card-item.ts';
import { findGiftCard, newItem } from './gift-card-store.ts';
import { transactWrite } from './transact.ts';

const secretItem = z.object({ secret: z.instanceof(Uint8Array) });
const codeItem = z.object({ giftCardId: z.string() });

/**
 * Issues gift cards: card, first transition and the code's hash in their table, and the code's secret in a table that
 * has neither a stream nor a backup and forgets by itself (decision record 0008).
 */
export function dynamoGiftCardIssuer(
  client: DynamoDBClient,
  { giftCardsTableName, secretsTableName }: { readonly giftCardsTableName: string; readonly secretsTableName: string },
): GiftCardIssuer {
  return {
    find: (giftCardId) => findGiftCard(client, giftCardsTableName, giftCardId),
    issue: async (card, transition, hash, secret) => {
      const issued = applyGiftCardChange(card, transition.change);
      const expiresAt = epochSeconds(new Date(card.codeShownUntil));
      try {
        await transactWrite(client, [
          { Put: newItem(giftCardsTableName, toGiftCardItem(issued)) },
          { Put: newItem(giftCardsTableName, toGiftCardTransitionItem(transition)) },
          { Put: newItem(giftCardsTableName, marshall({ ...codeKey(hash), giftCardId: card.id })) },
          { Put: newItem(secretsTableName, marshall({ pk: card.id, secret, expiresAt })) },
        ]);
        return 'issued';
      } catch (error) {
        if (cancellationReasons(error)[0] === 'ConditionalCheckFailed') return 'exists';
        throw error;
      }
    },
    findIssue: async (giftCardId) => {
      const key = giftCardTransitionKey(giftCardId, giftCardTransitionId(giftCardId, { step: 'issue' }));
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: giftCardsTableName, Key: key, ConsistentRead: true }),
      );
      return item && toGiftCardTransition(item);
    },
    findSecret: async (giftCardId) => {
      const { Item: item } = await client.send(
        new GetItemCommand({
          TableName: secretsTableName,
          Key: marshall({ pk: giftCardId }),
          ConsistentRead: true,
        }),
      );
      return item && secretItem.parse(unmarshall(item)).secret;
    },
  };
}

/** Finds cards by their codes' hashes, strongly consistent: a card can be spent the moment it was issued. */
export function dynamoCodeIndex(client: DynamoDBClient, tableName: string): CodeIndex {
  return {
    findByCode: async (hash) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: marshall(codeKey(hash)), ConsistentRead: true }),
      );
      return item && codeItem.parse(unmarshall(item)).giftCardId;
    },
  };
}

function codeKey({ keyVersion, value }: CodeHash) {
  return { pk: `code#${keyVersion}#${value}`, sk: 'code' };
}
