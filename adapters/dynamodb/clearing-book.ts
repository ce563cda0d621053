import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StoredTransition } from '../../core/payments/ports.ts';
import { expectedAmounts } from '../../core/settlement/expected-amounts.ts';
import { addDays, startOf } from '../../core/settlement/days.ts';
import type { ClearingBook } from '../../core/settlement/ports.ts';
import type { ClearingMovement } from '../../core/settlement/settlement.ts';
import { dynamoTransitionLog } from './transition-log.ts';

/** What payments' transitions of a day put on clearing under a reference of their own: captures and refunds. */
export function dynamoClearingBook(client: DynamoDBClient, paymentsTableName: string): ClearingBook {
  const log = dynamoTransitionLog(client, paymentsTableName);
  return {
    movementsOf: async function* movementsOf(day) {
      const last = new Date(startOf(addDays(day, 1)).getTime() - 1);
      for await (const { transitions } of log.between(startOf(day), last)) yield transitions.flatMap(toMovements);
    },
  };
}

function toMovements({ paymentId, attempt, postings }: StoredTransition): readonly ClearingMovement[] {
  const { reference, operation } = attempt;
  if (operation !== 'capture' && operation !== 'refund') return [];
  return Object.entries(expectedAmounts(postings)).flatMap(([currency, { net }]) =>
    net === 0n ? [] : [{ reference, operation, paymentId, net, currency }],
  );
}
