import type { PaymentStore } from '../payments/ports.ts';
import type { ListEntry, ListVerdict, ListedKind } from './list-entry.ts';
import { listEntryId } from './list-entry.ts';
import type { ListBook } from './ports.ts';
import { takingPartOf } from './taking-part.ts';
import { whoPaid } from './who-paid.ts';

export interface PutOnListRequest {
  readonly about: ListedKind;
  readonly verdict: ListVerdict;
  readonly note: string;
  /** Whose card, device, buyer or address is meant; else `value` says it as payments hold it. */
  readonly paymentId?: string | undefined;
  readonly value?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly by: string;
}

export type PutOnListResult =
  | { readonly kind: 'listed'; readonly entry: ListEntry }
  | { readonly kind: 'paymentUnknown' }
  /** The payment has none, such as a card where gift cards paid. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'expired' };

interface PutOnListDependencies {
  readonly entries: Pick<ListBook, 'find' | 'write'>;
  readonly payments: Pick<PaymentStore, 'history'>;
}

const tries = 5;

/** Blocks or allows a card, device, buyer or address, from the next payment on; what was said of it before is replaced. */
export async function putOnList(
  { entries, payments }: PutOnListDependencies,
  request: PutOnListRequest,
  now: Date,
): Promise<PutOnListResult> {
  const { about, verdict, note, paymentId, expiresAt, by } = request;
  if (expiresAt !== undefined && expiresAt <= now.toISOString()) return { kind: 'expired' };
  const partId = await partOf(payments, request);
  if (partId === undefined) return { kind: 'paymentUnknown' };
  if (partId === '') return { kind: 'nobody' };
  const id = listEntryId(about, partId);
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const before = await entries.find(id);
    const entry: ListEntry = {
      ...{ id, about, verdict, note },
      ...(paymentId === undefined ? {} : { paymentId }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...{ createdBy: by, createdAt: now.toISOString(), version: (before?.version ?? 0) + 1 },
    };
    if ((await entries.write(entry)) === 'written') return { kind: 'listed', entry };
  }
  throw new Error(`List entry ${id} changed ${tries} times while it was written`);
}

/** Who is meant, by its hash: empty where a payment has none, undefined where there is no such payment. */
async function partOf(
  payments: Pick<PaymentStore, 'history'>,
  { about, paymentId, value = '' }: PutOnListRequest,
): Promise<string | undefined> {
  if (paymentId === undefined) {
    return takingPartOf({ deviceId: value, buyerId: value, ip: value, sellerId: '' })[about];
  }
  const history = await payments.history(paymentId);
  return history && (whoPaid(history)?.[about] ?? '');
}
