import type { Exception, Facts } from './exception.ts';
import { exceptionId, safeText } from './exception.ts';
import type { ExceptionKind } from './kinds.ts';
import type { ExceptionBook } from './ports.ts';

export interface Finding {
  readonly kind: ExceptionKind;
  /** What makes it this finding and no other: a reference, a file's day and line. */
  readonly cause: readonly string[];
  readonly expected?: Facts;
  readonly found?: Facts;
  readonly reference?: string;
  readonly paymentId?: string;
}

/**
 * Records what does not fit. Twice is once: the same kind and cause are the same exception, which stays as it was first
 * seen, and stays resolved once it was. Text of others is shortened and cleaned of what looks like a card number. Answers
 * the id, and whether it is new.
 */
export async function recordException(
  book: Pick<ExceptionBook, 'open'>,
  finding: Finding,
  now: Date,
): Promise<{ readonly id: string; readonly kind: 'opened' | 'exists' }> {
  const exception = toException(finding, now);
  return { id: exception.id, kind: await book.open(exception) };
}

function toException({ kind, cause, expected, found, reference, paymentId }: Finding, now: Date): Exception {
  return {
    id: exceptionId(kind, ...cause),
    kind,
    expected: safeFacts(expected),
    found: safeFacts(found),
    ...(reference === undefined ? {} : { reference: safeText(reference) }),
    ...(paymentId === undefined ? {} : { paymentId }),
    firstSeen: now.toISOString(),
    version: 1,
  };
}

function safeFacts(facts: Facts = {}): Facts {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, safeText(value)]));
}
