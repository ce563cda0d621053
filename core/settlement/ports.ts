import type { ExceptionKind } from '../exceptions/kinds.ts';
import type { SettlementLine } from '../payments/acquirer.ts';
import type { BookAnswer } from './match-line.ts';
import type {
  ClearingMovement,
  HeldLine,
  OverdueMovement,
  Settlement,
  SettlementProgress,
  SettlementTransition,
} from './settlement.ts';

/**
 * What our book says of references of one operation of the acquirer. What it does not know may be left out. Who adds an
 * operation adds a source.
 */
export type BookSource = (references: readonly string[]) => Promise<ReadonlyMap<string, BookAnswer>>;

/** The sources by the acquirer's name of the operation; an operation without one is unknown. */
export type BookSources = Readonly<Record<string, BookSource>>;

/** What the acquirer owed of a day. */
export interface ClearingBook {
  /** Whether nothing more can come to stand on a day. */
  isComplete(day: string): Promise<boolean>;
  /** The movements of a day by our book (UTC) that a settlement file has to settle, page by page. */
  movementsOf(day: string): AsyncIterable<readonly ClearingMovement[]>;
}

/** Lines of a file, booked together. */
export interface Booking {
  readonly before: Settlement;
  readonly after: Settlement;
  /** None when no line is booked: the file was empty. */
  readonly transition: SettlementTransition | undefined;
  /** Each may be settled once, for ever. */
  readonly settles: readonly { readonly key: string; readonly number: number }[];
  readonly holds: readonly HeldLine[];
}

/** Held lines of one file that our book explains by now. */
export interface Explanation {
  readonly before: Settlement;
  readonly transition: SettlementTransition;
  readonly lines: readonly HeldLine[];
}

/** How many lines one transaction books at most: DynamoDB takes 100 items, and two are the settlement's own. */
export const linesPerBooking = 90;

export interface SettlementStore {
  progress(): Promise<SettlementProgress | undefined>;
  /** Writes the progress unless it has changed since `before` was read; whoever lost goes on all the same. */
  advance(before: SettlementProgress | undefined, after: SettlementProgress): Promise<void>;
  find(date: string): Promise<Settlement | undefined>;
  /** Writes a new settlement unless there is one of its day; answers the one that stands. */
  open(settlement: Settlement): Promise<Settlement>;
  /** Which of these keys are settled, strongly consistent. */
  settled(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Writes all of it in one transaction, on the condition that the settlement is still `before` and that none of the
   * references is settled; else `changed`, and nothing is written.
   */
  book(booking: Booking): Promise<'booked' | 'changed'>;
  /** The same, on the condition that the lines are still held. */
  explain(explanation: Explanation): Promise<'booked' | 'changed'>;
  /** Lines that are held, or whose exceptions are still to be resolved: by day and number, page by page. */
  held(): AsyncIterable<readonly HeldLine[]>;
  /** Notes another finding about a line that is still held. */
  refind(line: HeldLine, finding: ExceptionKind): Promise<void>;
  /** Forgets a line that was explained, once its exception is resolved. */
  forget(line: HeldLine): Promise<void>;
  /** Remembers what was not settled in time. */
  watch(movement: OverdueMovement): Promise<void>;
  /** All that is remembered, page by page. */
  watched(): AsyncIterable<readonly OverdueMovement[]>;
  /** Forgets what was settled since. */
  unwatch(movement: OverdueMovement): Promise<void>;
}

/** Lines of a file with their numbers. */
export interface NumberedLine {
  readonly number: number;
  readonly line: SettlementLine;
}
