import { deriveId } from '../ids.ts';
import type { ExceptionKind } from './kinds.ts';

/** Something about money that does not fit, for people: it is open until it was explained. */
export interface Exception {
  /** Derived from its kind and cause, so that the same finding is the same exception. */
  readonly id: string;
  readonly kind: ExceptionKind;
  /** What our book says. */
  readonly expected: Facts;
  /** What came instead. */
  readonly found: Facts;
  /** The acquirer's reference that it is about. */
  readonly reference?: string;
  readonly paymentId?: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly firstSeen: string;
  readonly resolvedAt?: string;
  readonly version: number;
}

/** Named values as text; minor units are decimal text, because sums leave the exact numbers. */
export type Facts = Readonly<Record<string, string>>;

export type ExceptionState = 'open' | 'resolved';

/** Whether somebody still has to look at it. */
export function stateOf({ resolvedAt }: Pick<Exception, 'resolvedAt'>): ExceptionState {
  return resolvedAt === undefined ? 'open' : 'resolved';
}

/** The id of what was found about a cause: for ever the same. */
export function exceptionId(kind: ExceptionKind, ...cause: readonly string[]): string {
  return deriveId('exc_', kind, ...cause);
}

const ownReference = /^[a-z]+_[0-9a-z]{26}(?:-[a-z]+(?:_[0-9a-z]{26}|-\d+))?$/u;

/**
 * Text of others as it may be kept and shown: short, and without anything that looks like a card number. References of
 * our own stay as they are, whatever digits they have.
 */
export function safeText(text: string): string {
  if (ownReference.test(text)) return text;
  return text.slice(0, 128).replace(/\d(?:[ -]?\d){11,}/gu, '[number masked]');
}
