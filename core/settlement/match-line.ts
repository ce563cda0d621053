import type { Facts } from '../exceptions/exception.ts';
import type { ExceptionKind } from '../exceptions/kinds.ts';
import type { SettledAmounts, SettlementLine } from '../payments/acquirer.ts';

/** What our book says of a reference and an operation of the acquirer. */
export type BookAnswer =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'pending'; readonly paymentId: string }
  | { readonly kind: 'failed'; readonly paymentId: string }
  /** Our book holds it as something else. */
  | { readonly kind: 'other'; readonly paymentId: string; readonly operation: string }
  | {
      readonly kind: 'succeeded';
      readonly paymentId: string;
      /** What our book expects to be settled, in each currency in which it does; usually one. */
      readonly amounts: Readonly<Record<string, SettledAmounts>>;
    };

/** What becomes of a line: it is what our book expects, or it is for people. */
export type LineOutcome =
  | { readonly kind: 'matched' }
  | {
      readonly kind: 'unexplained';
      readonly finding: ExceptionKind;
      readonly expected: Facts;
      readonly paymentId?: string;
    };

/**
 * Compares a line with what our book says.
 *
 * In: the line, the book's answer (`undefined` for an operation that we do not know) and whether the reference was settled
 * before for this operation. Out: the first difference, in the order of this function, or `matched`.
 */
export function matchLine(line: SettlementLine, answer: BookAnswer | undefined, wasSettled: boolean): LineOutcome {
  if (!answer) return unexplained('settlement_operation_unknown');
  switch (answer.kind) {
    case 'unknown':
      return unexplained('settlement_reference_unknown');
    case 'pending':
      return unexplained('settlement_movement_pending', { state: 'pending' }, answer.paymentId);
    case 'failed':
      return unexplained('settlement_movement_failed', { state: 'failed' }, answer.paymentId);
    case 'other':
      return unexplained('settlement_operation_differs', { operation: answer.operation }, answer.paymentId);
    case 'succeeded':
      if (wasSettled) return unexplained('settlement_repeated', { state: 'settled' }, answer.paymentId);
      return compare(line, answer.amounts, answer.paymentId);
  }
}

function compare(
  line: SettlementLine,
  amounts: Readonly<Record<string, SettledAmounts>>,
  paymentId: string,
): LineOutcome {
  const expected = Object.hasOwn(amounts, line.currency) ? amounts[line.currency] : undefined;
  if (!expected) {
    return unexplained('settlement_currency_differs', { currency: Object.keys(amounts).sort().join(' ') }, paymentId);
  }
  const facts = amountFacts({ ...expected, currency: line.currency });
  if (expected.gross !== line.gross) return unexplained('settlement_amount_differs', facts, paymentId);
  if (expected.fee !== line.fee) return unexplained('settlement_fee_differs', facts, paymentId);
  return { kind: 'matched' };
}

/** Amounts as an exception names them. */
export function amountFacts({ gross, fee, net, currency }: SettledAmounts & { readonly currency: string }): Facts {
  return { gross: gross.toString(), fee: fee.toString(), net: net.toString(), currency };
}

function unexplained(finding: ExceptionKind, expected: Facts = {}, paymentId?: string): LineOutcome {
  return { kind: 'unexplained', finding, expected, ...(paymentId === undefined ? {} : { paymentId }) };
}
