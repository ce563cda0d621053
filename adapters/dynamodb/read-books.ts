import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Books, Finding } from '../../core/ledger/verify/books.ts';
import { finding } from '../../core/ledger/verify/books.ts';
import { toGiftCard, toGiftCardTransition } from './gift-card-item.ts';
import { chainOf, toBucket, toHead, toLateMark, toRoot, toSegment } from './journal-item.ts';
import { toJournalEntry } from './journal-source.ts';
import { toLot } from './lot-item.ts';
import { isPaymentItem, toPayment } from './payment-item.ts';
import { isSettlement, settledKeyOf, toSettlement, toSettlementTransition } from './settlement-item.ts';
import { toTransition } from './transition-item.ts';

type Item = Record<string, AttributeValue>;
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Each)[] ? Each[] : T[Key] };

/**
 * Sorts items of the tables that the books are made of (payments, gift cards, lots, settlements, ledger; in any order and mixture) into
 * books, each read by the adapter that writes it. What cannot be read becomes a finding. Items of those tables that are no
 * part of the books (codes' hashes, holds, held lines) are passed over: whatever the books need and do not find is a finding anyway.
 */
export function readBooks(items: Iterable<Item>, unreadable: readonly Finding[] = []): Books {
  const books: Mutable<Books> = {
    ...{ transitions: [], payments: [], paymentTransitions: [], giftCards: [], giftCardTransitions: [], lots: [] },
    ...{ settlements: [], settlementTransitions: [], settledKeys: [] },
    ...{ heads: [], segments: [], buckets: [], lateMarks: [], roots: [] },
    unreadable: [...unreadable],
  };
  for (const item of items) {
    try {
      sortIn(books, item);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      books.unreadable.push(
        finding(nameOf(item), 'an item as this release writes it', reason.replaceAll(/\s+/gu, ' ')),
      );
    }
  }
  return books;
}

function sortIn(books: Mutable<Books>, item: Item): void {
  const [pk, sk] = [item['pk']?.S ?? '', item['sk']?.S ?? ''];
  const isTransition = sk.startsWith('transition#');
  const settledKey = settledKeyOf(item);
  if (settledKey !== undefined) {
    books.settledKeys.push(settledKey);
    return;
  }
  switch (/^(?:[a-z]+_|chain#|code#|roots$|watermark$|held$|overdue$|progress$)/u.exec(pk)?.[0]) {
    case 'pay_':
      if (isPaymentItem(item)) books.payments.push(toPayment(item));
      if (!isTransition) return;
      {
        const transition = toTransition(item);
        books.paymentTransitions.push(transition);
        books.transitions.push({ entry: toJournalEntry(item), lots: transition.lots });
      }
      return;
    case 'gc_':
      if (sk === 'card') books.giftCards.push(toGiftCard(item));
      if (!isTransition) return;
      books.giftCardTransitions.push(toGiftCardTransition(item));
      books.transitions.push({ entry: toJournalEntry(item), lots: [] });
      return;
    case 'stl_':
      if (isSettlement(item)) books.settlements.push(toSettlement(item));
      if (!isTransition) return;
      books.settlementTransitions.push(toSettlementTransition(item));
      books.transitions.push({ entry: toJournalEntry(item), lots: [] });
      return;
    case 'lot_':
      books.lots.push(toLot(item));
      return;
    case 'chain#':
      sortIntoChain(books, item, sk);
      return;
    case 'roots':
      books.roots.push(toRoot(item));
      return;
    // Where a code leads, what waits for an explanation, and how far passes went: nothing of the books.
    case 'code#':
    case 'watermark':
    case 'held':
    case 'overdue':
    case 'progress':
      return;
    default:
      throw new Error('its key is of no table of the books');
  }
}

function sortIntoChain(books: Mutable<Books>, item: Item, sk: string): void {
  switch (/^(?:head$|segment#|bucket#|late#)/u.exec(sk)?.[0]) {
    case 'head':
      books.heads.push(toHead(item));
      return;
    case 'segment#':
      books.segments.push(toSegment(item));
      return;
    case 'bucket#':
      books.buckets.push({ ...toBucket(item), chain: chainOf(item) });
      return;
    case 'late#':
      books.lateMarks.push(toLateMark(item));
      return;
    default:
      throw new Error('its key is of no kind that a chain has');
  }
}

function nameOf({ pk, sk }: Item): string {
  return [pk?.S ?? 'an item without pk', ...(sk?.S === undefined ? [] : [sk.S])].join(' ');
}
