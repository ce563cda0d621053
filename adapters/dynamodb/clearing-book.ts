import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { JournalEntry } from '../../core/ledger/journal/entry.ts';
import { journalChains } from '../../core/ledger/journal/entry.ts';
import type { LedgerReader } from '../../core/ledger/journal/ports.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import { addDays } from '../../core/settlement/days.ts';
import { disputeMovements } from '../../core/settlement/dispute-amounts.ts';
import { expectedAmounts } from '../../core/settlement/expected-amounts.ts';
import type { ClearingBook } from '../../core/settlement/ports.ts';
import type { ClearingMovement } from '../../core/settlement/settlement.ts';
import { batchGetItems } from './batch-get.ts';
import { dynamoLedgerReader } from './ledger-reader.ts';
import { transitionKey } from './payment-item.ts';
import { toTransition } from './transition-item.ts';

interface Tables {
  readonly ledgerTableName: string;
  readonly paymentsTableName: string;
}

/**
 * What the journal's days hold of captures, refunds and disputes on clearing. The journal tells which entries there are without a
 * scan, since each stands on one day for ever; a payment's transition tells under which reference the acquirer knows it.
 */
export function dynamoClearingBook(client: DynamoDBClient, tables: Tables): ClearingBook {
  const ledger = dynamoLedgerReader(client, tables.ledgerTableName);
  const chains = Array.from({ length: journalChains }, (_, chain) => chain);
  return {
    isComplete: async (day) => {
      const heads = await Promise.all(chains.map((chain) => ledger.head(chain)));
      return heads.every(({ closed }) => closed !== undefined && closed.day >= day);
    },
    movementsOf: async function* movementsOf(day) {
      for (const chain of chains) {
        for await (const entries of entriesOf(ledger, chain, day)) {
          const keys = entries.map(({ objectId, step }) => transitionKey(objectId, Number(step)));
          const items = await batchGetItems(client, tables.paymentsTableName, keys, { consistent: true });
          yield items.flatMap(toMovements);
        }
      }
    },
  };
}

/** The payments' entries of a day that touch clearing, a segment's at a time. */
async function* entriesOf(ledger: LedgerReader, chain: number, day: string): AsyncGenerator<readonly JournalEntry[]> {
  for (const { firstSegment, lastSegment } of await ledger.buckets(chain, addDays(day, -1), day)) {
    for await (const segment of ledger.segmentsBetween(chain, firstSegment, lastSegment)) {
      if (segment.day === day) yield segment.entries.filter(isOfPaymentOnClearing);
    }
  }
}

function isOfPaymentOnClearing({ objectId, postings }: JournalEntry): boolean {
  return objectId.startsWith('pay_') && postings.some(({ account }) => account === 'processor_clearing');
}

/** Captures and refunds have a reference of ours by which the acquirer settles them, disputes one of the acquirer's. */
function toMovements(item: Record<string, AttributeValue>): readonly ClearingMovement[] {
  const { paymentId, attempt, postings, dispute }: StoredTransition = toTransition(item);
  const { reference, operation } = attempt;
  if (dispute) return disputeMovements(dispute, postings, { reference, paymentId });
  if (operation !== 'capture' && operation !== 'refund') return [];
  return Object.entries(expectedAmounts(postings)).flatMap(([currency, { net }]) =>
    net === 0n ? [] : [{ reference, operation, paymentId, net, currency }],
  );
}
