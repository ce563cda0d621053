import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { QuoteStore } from '../../core/fx/ports.ts';
import type { FxQuote } from '../../core/fx/quote.ts';

const sortKey = 'quote';
const amount = z.union([z.bigint(), z.int()]).transform(BigInt);

const quoteItem = z.object({
  pk: z.string(),
  ownerId: z.string(),
  from: z.string(),
  to: z.string(),
  amount,
  lock: z.enum(['5m', '1h', '24h']),
  baseRate: z.string(),
  feeRate: z.string(),
  rate: z.string(),
  convertedAmount: amount,
  rateDate: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  version: z.int(),
});

/** Quotes in the fx table (docs/architecture.md, "Tables"). They stay: a payment has to find its own for ever. */
export function dynamoQuoteStore(client: DynamoDBClient, tableName: string): QuoteStore {
  return {
    open: async (quote) => {
      const { id, ...rest } = quote;
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({ ...rest, pk: id, sk: sortKey }),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { kind: 'opened' };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item) {
          return { kind: 'exists', quote: toQuote(error.Item) };
        }
        throw error;
      }
    },
    find: async (quoteId) => {
      const key = marshall({ pk: quoteId, sk: sortKey });
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
      );
      return item && toQuote(item);
    },
  };
}

function toQuote(item: Record<string, AttributeValue>): FxQuote {
  const { pk, ...rest } = quoteItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}
