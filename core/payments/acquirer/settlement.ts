import type { Acquirer } from './authorizations.ts';

/** Capability: after each day the acquirer tells in a file what it will pay out for it. */
export interface SettlesDaily {
  /**
   * The text of the file of one day (`2026-11-22`, UTC), as the acquirer wrote it, so that it can be kept as it came;
   * undefined when there is none (yet). The adapter's parser makes a SettlementFile of it.
   *
   * @throws AcquirerUnavailable and AcquirerOutcomeUnknown when it could not be fetched: asking again is safe.
   */
  settlementFile(date: string): Promise<string | undefined>;
}

/** A day's file, read and found whole. */
export interface SettlementFile {
  /** The day whose movements it holds, `2026-11-22`. */
  readonly date: string;
  readonly lines: readonly SettlementLine[];
}

/** One movement as it is settled. Amounts are minor units of `currency`, and signed: what leaves us is negative. */
export interface SettlementLine {
  /** The movement's reference, ours; of a chargeback and its reversal the acquirer's id of the dispute. */
  readonly reference: string;
  readonly operation: 'capture' | 'refund' | 'chargeback' | 'chargeback_reversal';
  /** What the cardholder paid, above zero, or got back, below zero. */
  readonly gross: bigint;
  /** What the acquirer keeps, zero or above; below zero where a dispute that was won gives its fee back. */
  readonly fee: bigint;
  /** What reaches our bank: gross less fee. */
  readonly net: bigint;
  /** ISO 4217. */
  readonly currency: string;
}

/** Whether the acquirer declares daily settlement files. */
export function settlesDaily(acquirer: Acquirer): acquirer is Acquirer & SettlesDaily {
  return 'settlementFile' in acquirer && typeof acquirer.settlementFile === 'function';
}
