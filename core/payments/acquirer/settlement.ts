import type { Acquirer } from './authorizations.ts';

/** Capability: after each day the acquirer tells in a file what it will pay out for it. */
export interface SettlesDaily {
  /**
   * The file of one day (`2026-11-22`, UTC), read to its end and found whole; undefined when there is none (yet).
   *
   * @throws UnusableSettlementFile when it does not fit itself: nothing of it is to be booked.
   * @throws AcquirerUnavailable and AcquirerOutcomeUnknown when it could not be fetched: asking again is safe.
   */
  settlementFile(date: string): Promise<SettlementFile | undefined>;
}

/**
 * A day's file that was found whole: its count and sums fit its lines, and so does its hash. It may be large, so its
 * lines are read as they are needed, and whoever has done with it closes it.
 */
export interface SettlementFile {
  /** The day whose movements it holds, `2026-11-22`. */
  readonly date: string;
  /** Of its content, in hexadecimal: the same text has the same hash. */
  readonly sha256: string;
  readonly count: number;
  /** One for each currency, in their order. */
  readonly sums: readonly SettlementSum[];
  /** The lines behind the first `after` ones, in the order of the file. */
  lines(after: number): AsyncIterable<SettlementLine>;
  close(): Promise<void>;
}

/** What a day comes to in one currency. */
export interface SettlementSum extends SettledAmounts {
  readonly currency: string;
}

/** Minor units, signed: what leaves us is negative. */
export interface SettledAmounts {
  /** What the cardholder paid, above zero, or got back, below zero. */
  readonly gross: bigint;
  /** What the acquirer keeps, zero or above; below zero where it gives a fee back. */
  readonly fee: bigint;
  /** What reaches our bank: gross less fee. */
  readonly net: bigint;
}

/** One movement as it is settled. */
export interface SettlementLine extends SettledAmounts {
  /** The movement's reference, ours; of what the acquirer began (a dispute) its own. */
  readonly reference: string;
  /** `capture`, `refund`, or whatever else the acquirer settles: what we do not know is for people. */
  readonly operation: string;
  /** ISO 4217. */
  readonly currency: string;
}

/**
 * The settlement file cannot be used: it was cut, altered, or is in a form that we do not know. Nothing of it is to be
 * booked; it is to be fetched again. The message never holds anything of what the file says.
 */
export class UnusableSettlementFile extends Error {
  override readonly name = 'UnusableSettlementFile';
  /** Where it was found, from 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`settlement file, line ${line}: ${reason}`);
    this.line = line;
  }
}

/** Whether the acquirer declares daily settlement files. */
export function settlesDaily(acquirer: Acquirer): acquirer is Acquirer & SettlesDaily {
  return 'settlementFile' in acquirer && typeof acquirer.settlementFile === 'function';
}
