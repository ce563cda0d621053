/**
 * Every kind of exception, and what it tells operators, in a sentence. What is to be done about one is in
 * docs/runbook.md, "Exceptions". A kind stays for ever, since exceptions are kept.
 */
export const exceptionKinds = {
  settlement_amount_differs: 'The acquirer settled another amount than our book holds.',
  settlement_fee_differs: 'The acquirer kept another fee than was agreed.',
  settlement_currency_differs: 'The acquirer settled in another currency than our book holds.',
  settlement_operation_differs: 'The acquirer settled another operation than our book holds under this reference.',
  settlement_operation_unknown: 'The acquirer settled an operation that we do not know.',
  settlement_reference_unknown: 'The acquirer settled a reference that our book does not hold.',
  settlement_movement_pending: 'The acquirer settled what is still pending in our book.',
  settlement_movement_failed: 'The acquirer settled what has failed in our book.',
  settlement_repeated: 'The acquirer settled a reference again.',
  settlement_file_missing: "The acquirer's file of a day is late.",
  settlement_file_replaced: "The acquirer's file of a day is another one than the one that was taken.",
  settlement_file_unusable: "The acquirer's file of a day cannot be used: it does not fit itself.",
  clearing_overdue: 'What the acquirer owes for a capture, or is owed for a refund, was not settled in time.',
  dispute_reference_unknown: 'The acquirer disputes a reference that our book does not hold.',
  dispute_contradicts: 'What the acquirer tells of a dispute does not follow from what our book holds.',
  dispute_exceeds_captured: 'A dispute took more than refunds had left of what was captured.',
  journal_record_unreadable: 'A record could not be read into the journal.',
} as const satisfies Record<string, string>;

export type ExceptionKind = keyof typeof exceptionKinds;

/** Whether an exception is of one of these kinds. */
export function isExceptionKind(kind: string): kind is ExceptionKind {
  return Object.hasOwn(exceptionKinds, kind);
}
