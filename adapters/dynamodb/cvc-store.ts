import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { CvcReplacer, CvcTaker, SealedCvc } from '../../core/tokens/ports.ts';
import type { SealedBytes } from '../../core/tokens/token.ts';
import { epochSeconds } from './epoch-seconds.ts';
import { cancellationReasons } from './errors.ts';
import { useEnvelope } from './guard-store.ts';
import { sealedBytes } from './sealed-bytes.ts';
import { transactWrite } from './transact.ts';

const cvcItem = z.object({ pk: z.string(), sealed: sealedBytes, expiresAt: z.int() });

/**
 * Takes security codes out of their table. Deleting is the read, so that nobody reads twice; an answer that gets lost
 * costs the code, never the rule. What has expired is deleted all the same, because the reaper may come two days late,
 * but it is not given out.
 */
export function dynamoCvcStore(client: DynamoDBClient, tableName: string): CvcTaker {
  return {
    take: async (tokenId, now) => {
      const { Attributes: item } = await client.send(
        new DeleteItemCommand({ TableName: tableName, Key: marshall({ pk: tokenId }), ReturnValues: 'ALL_OLD' }),
      );
      if (!item) return undefined;
      const { sealed, expiresAt } = cvcItem.parse(unmarshall(item));
      return expiresAt > now.getTime() / 1000 ? sealed : undefined;
    },
  };
}

/** Keeps a fresh code in place of an older one, and uses its envelope up. */
export function dynamoCvcReplacer(
  client: DynamoDBClient,
  tables: { readonly cvcTableName: string; readonly guardsTableName: string },
): CvcReplacer {
  return {
    replace: async (cvc, envelope) => {
      try {
        await transactWrite(client, [useEnvelope(tables.guardsTableName, envelope), putCvc(tables.cvcTableName, cvc)]);
        return { kind: 'replaced' };
      } catch (error) {
        if (cancellationReasons(error)[0] === 'ConditionalCheckFailed') return { kind: 'envelopeUsed' };
        throw error;
      }
    },
  };
}

/** The put of a security code, for a transaction. */
export function putCvc(tableName: string, { tokenId, sealed, expiresAt }: SealedCvc): TransactWriteItem {
  const item = { pk: tokenId, sealed: plain(sealed), expiresAt: epochSeconds(expiresAt) };
  return { Put: { TableName: tableName, Item: marshall(item) } };
}

function plain({ nonce, ciphertext, tag }: SealedBytes) {
  return { nonce, ciphertext, tag };
}
