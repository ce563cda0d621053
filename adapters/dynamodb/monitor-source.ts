import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { featureSchemaHash } from '../../core/fraud/features/features.ts';
import { vectorOf } from '../../core/fraud/features/kept-features.ts';
import type { Label } from '../../core/fraud/label.ts';
import { labelSources, wasPaid } from '../../core/fraud/label.ts';
import type { MonitorSource, ObservedPayment } from '../../core/fraud/monitoring/ports.ts';
import { drawEvenly } from '../../core/fraud/monitoring/reservoir.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { dynamoCreatedPayments } from './created-payments.ts';
import { labelKey, toLabel } from './label-item.ts';
import { paymentKey, toPayment, transitionKey } from './payment-item.ts';
import { toTransition } from './transition-item.ts';

interface Tables {
  readonly paymentsTableName: string;
  readonly fraudTableName: string;
}

/** The version that the first outcome makes; the few whose first outcome came later are left out. */
const firstOutcome = 2;

/** Payments as they were scored, of the payments' table, and their labels, of the fraud table. */
export function dynamoMonitorSource(
  client: DynamoDBClient,
  { paymentsTableName, fraudTableName }: Tables,
): MonitorSource {
  const created = dynamoCreatedPayments(client, paymentsTableName);
  return {
    sample: async (from, until, most) => {
      const ids = await drawEvenly(created.between(from, until), most);
      const outcomes = ids.map((id) => transitionKey(id, firstOutcome));
      const keys = ids.flatMap((id) => labelSources.map((source) => labelKey(id, source)));
      const [transitions, payments, labels] = await Promise.all([
        batchGetItems(client, paymentsTableName, outcomes),
        batchGetItems(client, paymentsTableName, ids.map(paymentKey)),
        batchGetItems(client, fraudTableName, keys),
      ]);
      const paid = new Set(payments.map(toPayment).flatMap(({ id, status }) => (wasPaid(status) ? id : [])));
      const byPayment = Map.groupBy(labels.map(toLabel), ({ paymentId }) => paymentId);
      return transitions
        .map(toTransition)
        .flatMap((each) => observed(each, paid.has(each.paymentId), byPayment.get(each.paymentId) ?? []));
    },
  };
}

function observed(
  { change, features, models }: StoredTransition,
  isPaid: boolean,
  labels: readonly Label[],
): ObservedPayment[] {
  const { fraud } = change;
  if (!fraud) return [];
  const vector = features?.schema === featureSchemaHash ? vectorOf(features) : [];
  return [{ score: fraud.score, decision: fraud.decision, vector, isPaid, labels, ...(models && { models }) }];
}
