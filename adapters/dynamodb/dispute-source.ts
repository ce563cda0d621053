import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { disputeId } from '../../core/disputes/dispute.ts';
import type { DisputeOperation } from '../../core/settlement/dispute-amounts.ts';
import { disputeAnswer } from '../../core/settlement/dispute-amounts.ts';
import type { BookSource } from '../../core/settlement/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { disputeKey, toDispute } from './dispute-item.ts';

/** What the disputes say of the acquirer's references of chargebacks, or of their reversals; strongly consistent. */
export function dynamoDisputeSource(
  client: DynamoDBClient,
  tableName: string,
  operation: DisputeOperation,
): BookSource {
  return async (references) => {
    const keys = [...new Set(references.map(disputeId))].map(disputeKey);
    const items = await batchGetItems(client, tableName, keys, { consistent: true });
    const disputes = items.map(toDispute);
    return new Map(disputes.map((dispute) => [dispute.acquirerReference, disputeAnswer(dispute, operation)]));
  };
}
