import type { ExceptionKind } from '../exceptions/kinds.ts';
import type { Posting } from '../ledger/posting.ts';
import type { SettlementLine, SettlementSum } from '../payments/acquirer.ts';

/** A day's settlement as our book holds it. Of its file only the hash is kept: other content is another file. */
export interface Settlement {
  /** `stl_2026-11-25`. */
  readonly id: string;
  /** The day whose movements it settles. */
  readonly date: string;
  readonly sha256: string;
  readonly count: number;
  readonly sums: readonly SettlementSum[];
  readonly state: 'open' | 'settled';
  /** How many of its lines are booked: where a run that stopped half way goes on. */
  readonly booked: number;
  /** How many of those our book could not explain when they were booked. */
  readonly unexplained: number;
  readonly openedAt: string;
  readonly updatedAt: string;
  /** Grows with every write, and numbers the transitions. */
  readonly version: number;
}

/** The id of a day's settlement. */
export function settlementId(date: string): string {
  return `stl_${date}`;
}

/** What was booked in one transaction: immutable, and what the journal is made of. */
export interface SettlementTransition {
  readonly settlementId: string;
  /** The version of the settlement that it made. */
  readonly version: number;
  readonly event: 'settlement.booked' | 'settlement.explained';
  readonly occurredAt: string;
  readonly postings: readonly Posting[];
  /** The settled references, with their operations (`settledKey`), that are owed no longer. */
  readonly clears: readonly string[];
}

/** A line whose money waits in suspense until our book explains it. */
export interface HeldLine {
  readonly date: string;
  /** Its number among the file's movements, from 1. */
  readonly number: number;
  readonly line: SettlementLine;
  /** What was found last. */
  readonly finding: ExceptionKind;
  /** `explained`: the money is booked, and what is left to do is to resolve its exception. */
  readonly state: 'held' | 'explained';
}

/** Something that our book says was owed, and that was not settled in time. */
export interface OverdueMovement extends ClearingMovement {
  /** The day on which it happened in our book. */
  readonly day: string;
}

/** A movement that the acquirer owes us, or is owed, since it succeeded. */
export interface ClearingMovement {
  readonly reference: string;
  readonly operation: string;
  readonly paymentId: string;
  /** Minor units, signed as in a settlement file. */
  readonly net: bigint;
  readonly currency: string;
}

/** Up to where the daily work is done. */
export interface SettlementProgress {
  /** All files up to this day are settled. */
  readonly settledThrough: string;
  /** All movements up to this day were looked for among what was settled. */
  readonly checkedThrough: string;
}

/** What names a settled movement: a capture and its chargeback may come under one reference. */
export function settledKey({
  reference,
  operation,
}: {
  readonly reference: string;
  readonly operation: string;
}): string {
  return `${reference}#${operation}`;
}
