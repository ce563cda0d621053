import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { TokenAdder, TokenLister, TokenReader, TokenRemover } from '../../core/tokens/ports.ts';
import type { ListedToken, StoredToken } from '../../core/tokens/token.ts';
import { putCvc } from './cvc-store.ts';
import { cancellationReasons } from './errors.ts';
import { useEnvelope } from './guard-store.ts';
import { sealedBytes, wrappedKey } from './sealed-bytes.ts';
import { transactWrite } from './transact.ts';

const listedItem = z.object({
  pk: z.string(),
  ownerId: z.string(),
  createdAt: z.string(),
  brand: z.string(),
  funding: z.enum(['credit', 'debit', 'prepaid', 'unknown']),
  bin: z.string(),
  last4: z.string(),
  expMonth: z.int(),
  expYear: z.int(),
  version: z.int(),
});

const tokenItem = listedItem.extend({
  fingerprint: z.object({ version: z.int(), value: z.string() }),
  wrappedKey,
  sealedCard: sealedBytes,
});

/**
 * Reads tokens: one of them strongly consistent, so that a card saved a moment ago can be paid with; lists by the
 * index of owners, newest first, which follows the table within moments.
 */
export function dynamoTokenStore(client: DynamoDBClient, tableName: string): TokenReader & TokenLister {
  return {
    find: async (tokenId) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: marshall({ pk: tokenId }), ConsistentRead: true }),
      );
      return item && toStoredToken(item);
    },
    listByOwner: async (ownerId, limit, after) => {
      const { Items: items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'byOwner',
          KeyConditionExpression: 'ownerId = :ownerId',
          ExpressionAttributeValues: marshall({ ':ownerId': ownerId }),
          ScanIndexForward: false,
          // One more than asked for tells whether there is a next page. Tokens are far from the 1 MB of a query.
          Limit: limit + 1,
          ExclusiveStartKey: after && marshall({ pk: after.id, createdAt: after.createdAt, ownerId }),
        }),
      );
      const tokens = items.slice(0, limit).map(toListedToken);
      return { tokens, next: items.length > limit ? tokens.at(-1) : undefined };
    },
  };
}

/** Adds tokens: token, security code and the use of the envelope in one transaction. */
export function dynamoTokenAdder(
  client: DynamoDBClient,
  tables: { readonly tokensTableName: string; readonly cvcTableName: string; readonly guardsTableName: string },
): TokenAdder {
  return {
    add: async (token, cvc, envelope) => {
      try {
        await transactWrite(client, [
          useEnvelope(tables.guardsTableName, envelope),
          {
            Put: {
              TableName: tables.tokensTableName,
              Item: toTokenItem(token),
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          ...(cvc ? [putCvc(tables.cvcTableName, cvc)] : []),
        ]);
        return { kind: 'added' };
      } catch (error) {
        // The token's id follows from the envelope: should its guard be gone, the token itself still refuses a replay.
        if (cancellationReasons(error).includes('ConditionalCheckFailed')) return { kind: 'envelopeUsed' };
        throw error;
      }
    },
  };
}

/** Removes tokens: the wrapped key and the security code with them, in one transaction. */
export function dynamoTokenRemover(
  client: DynamoDBClient,
  tables: { readonly tokensTableName: string; readonly cvcTableName: string },
): TokenRemover {
  return {
    remove: async (tokenId, ownerId) => {
      const key = marshall({ pk: tokenId });
      try {
        await transactWrite(client, [
          {
            Delete: {
              TableName: tables.tokensTableName,
              Key: key,
              ConditionExpression: 'ownerId = :ownerId',
              ExpressionAttributeValues: marshall({ ':ownerId': ownerId }),
            },
          },
          { Delete: { TableName: tables.cvcTableName, Key: key } },
        ]);
        return true;
      } catch (error) {
        if (cancellationReasons(error)[0] === 'ConditionalCheckFailed') return false;
        throw error;
      }
    },
  };
}

function toTokenItem({ id, sealedCard, fingerprint, ...rest }: StoredToken): Record<string, AttributeValue> {
  const { nonce, ciphertext, tag } = sealedCard;
  const { version, value } = fingerprint;
  return marshall({ pk: id, ...rest, fingerprint: { version, value }, sealedCard: { nonce, ciphertext, tag } });
}

function toStoredToken(item: Record<string, AttributeValue>): StoredToken {
  const { pk, ...token } = tokenItem.parse(unmarshall(item));
  return { id: pk, ...token };
}

function toListedToken(item: Record<string, AttributeValue>): ListedToken {
  const { pk, ...token } = listedItem.parse(unmarshall(item));
  return { id: pk, ...token };
}
