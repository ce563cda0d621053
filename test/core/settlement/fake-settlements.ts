import type { Account } from '../../../core/ledger/accounts.ts';
import { assertBalanced } from '../../../core/ledger/posting.ts';
import type { SettlementFile, SettlementLine, SettlesDaily } from '../../../core/payments/acquirer.ts';
import { deriveId } from '../../../core/ids.ts';
import type { BookAnswer } from '../../../core/settlement/match-line.ts';
import type { BookSources, SettlementStore } from '../../../core/settlement/ports.ts';
import { linesPerBooking } from '../../../core/settlement/ports.ts';
import type {
  ClearingMovement,
  HeldLine,
  OverdueMovement,
  Settlement,
  SettlementProgress,
  SettlementTransition,
} from '../../../core/settlement/settlement.ts';
import { settledKey } from '../../../core/settlement/settlement.ts';

/** The machine goes away before the n-th write from now, or right after it, when its answer is lost. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export interface Kill {
  writes: number;
  when: 'before' | 'after';
}

/** A settlement store in memory that keeps the port's promises, and a process that can be killed at any write. */
export function fakeSettlementStore() {
  const settlements = new Map<string, Settlement>();
  const settled = new Map<string, { date: string; number: number }>();
  const held = new Map<string, HeldLine>();
  const watched = new Map<string, OverdueMovement>();
  const transitions: SettlementTransition[] = [];
  const state: { progress?: SettlementProgress; kill?: Kill } = {};
  const keyOf = ({ date, number }: HeldLine) => `${date}#${String(number).padStart(9, '0')}`;

  /** One write: all or nothing, unless the process is gone before it; its answer may be lost. */
  const write = <T>(work: () => T): Promise<T> => {
    const { kill } = state;
    if (kill) kill.writes -= 1;
    if (kill?.writes === 0 && kill.when === 'before') return Promise.reject(new Killed());
    const answer = work();
    if (kill?.writes === 0) return Promise.reject(new Killed());
    return Promise.resolve(answer);
  };
  const append = (transition: SettlementTransition | undefined) => {
    if (!transition) return;
    assertBalanced(transition.postings);
    const isNew = transitions.every(
      ({ settlementId, version }) => settlementId !== transition.settlementId || version !== transition.version,
    );
    if (!isNew) throw new Error('a transition was written twice');
    transitions.push(transition);
  };

  const store: SettlementStore = {
    progress: () => Promise.resolve(state.progress),
    advance: (before, after) =>
      write(() => {
        if (JSON.stringify(state.progress) === JSON.stringify(before)) state.progress = after;
      }),
    find: (date) => Promise.resolve(settlements.get(date)),
    open: (settlement) =>
      write(() => {
        const standing = settlements.get(settlement.date) ?? settlement;
        settlements.set(settlement.date, standing);
        return standing;
      }),
    settled: (keys) => Promise.resolve(new Set(keys.filter((key) => settled.has(key)))),
    book: ({ before, after, transition, settles, holds }) =>
      write(() => {
        if (settles.length + holds.length > linesPerBooking) throw new Error('more than a transaction takes');
        const isSame = settlements.get(before.date)?.version === before.version;
        if (!isSame || settles.some(({ key }) => settled.has(key))) return 'changed';
        settlements.set(after.date, after);
        for (const { key, number } of settles) settled.set(key, { date: before.date, number });
        for (const line of holds) held.set(keyOf(line), line);
        append(transition);
        return 'booked';
      }),
    explain: ({ before, transition, lines }) =>
      write(() => {
        const isSame = settlements.get(before.date)?.version === before.version;
        const areHeld = lines.every((line) => held.get(keyOf(line))?.state === 'held');
        const isOnce = lines.every(({ line }) => !settled.has(settledKey(line)));
        if (!isSame || !areHeld || !isOnce) return 'changed';
        settlements.set(before.date, { ...before, version: transition.version });
        for (const line of lines) {
          held.set(keyOf(line), { ...line, state: 'explained' });
          settled.set(settledKey(line.line), { date: line.date, number: line.number });
        }
        append(transition);
        return 'booked';
      }),
    held: async function* pages() {
      const lines = [...held.entries()].toSorted().map(([, line]) => line);
      for (let from = 0; from < lines.length; from += 45) yield await Promise.resolve(lines.slice(from, from + 45));
    },
    refind: (line, finding) =>
      write(() => {
        const standing = held.get(keyOf(line));
        if (standing) held.set(keyOf(line), { ...standing, finding });
      }),
    forget: (line) => write(() => void held.delete(keyOf(line))),
    watch: (movement) => write(() => void watched.set(settledKey(movement), movement)),
    watched: async function* pages() {
      if (watched.size > 0) yield await Promise.resolve([...watched.values()]);
    },
    unwatch: (movement) => write(() => void watched.delete(settledKey(movement))),
  };

  /** What the transitions come to, debits less credits. */
  const balance = (account: Account, currency: string): bigint =>
    transitions
      .flatMap(({ postings }) => postings)
      .filter((posting) => posting.account === account && posting.currency === currency)
      .reduce((sum, { side, amount }) => sum + (side === 'debit' ? amount : -amount), 0n);

  return { store, settlements, settled, held, watched, transitions, state, balance };
}

/** A movement of our book as the tests tell of it. */
export interface BookedMovement extends ClearingMovement {
  readonly day: string;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly gross: bigint;
  readonly fee: bigint;
}

/** A capture of a hundred or of another amount, with its fee of three in a hundred. */
export function captureOf(name: string, changes: Partial<BookedMovement> = {}): BookedMovement {
  const gross = changes.gross ?? 100n;
  const fee = changes.fee ?? (gross * 3n) / 100n;
  const paymentId = deriveId('pay_', name);
  return {
    ...{ reference: `${paymentId}-${deriveId('cap_', name)}`, operation: 'capture', paymentId, currency: 'EUR' },
    ...{ day: '2026-11-25', state: 'succeeded', gross, fee, net: gross - fee },
    ...changes,
  };
}

/** A refund of forty or of another amount. */
export function refundOf(name: string, changes: Partial<BookedMovement> = {}): BookedMovement {
  const paymentId = deriveId('pay_', name);
  const reference = `${paymentId}-${deriveId('ref_', name)}`;
  const gross = changes.gross ?? -40n;
  return captureOf(name, { reference, operation: 'refund', gross, fee: 0n, net: gross, ...changes });
}

/** Our book in memory: what it says of references, and what moved on a day. */
export function fakeBook(movements: Map<string, BookedMovement>) {
  const open = new Set<string>();
  const sourceOf = (operation: string) => (references: readonly string[]) =>
    Promise.resolve(
      new Map(
        references.flatMap((reference): [string, BookAnswer][] => {
          const found = movements.get(reference);
          return found ? [[reference, answerOf(found, operation)]] : [];
        }),
      ),
    );
  const sources: BookSources = { capture: sourceOf('capture'), refund: sourceOf('refund') };
  const clearing = {
    isComplete: (day: string) => Promise.resolve(!open.has(day)),
    movementsOf: async function* movementsOf(day: string) {
      const ofDay = [...movements.values()].filter((each) => each.day === day && each.state === 'succeeded');
      for (let from = 0; from < ofDay.length; from += 100) yield await Promise.resolve(ofDay.slice(from, from + 100));
    },
  };
  return { sources, clearing, openDays: open };
}

function answerOf(
  { state, paymentId, operation, currency, gross, fee, net }: BookedMovement,
  asked: string,
): BookAnswer {
  if (operation !== asked) return { kind: 'other', paymentId, operation };
  if (state !== 'succeeded') return { kind: state, paymentId };
  return { kind: 'succeeded', paymentId, amounts: { [currency]: { gross, fee, net } } };
}

/** The line that an honest acquirer writes for a movement. */
export function lineOf({ reference, operation, gross, fee, net, currency }: BookedMovement): SettlementLine {
  return { reference, operation, gross, fee, net, currency };
}

/** An acquirer that hands out these files; `close` is counted. */
export function fakeAcquirer(files: Map<string, readonly SettlementLine[] | Error>) {
  const open = new Set<object>();
  const acquirer: SettlesDaily = {
    settlementFile: (date) => {
      const lines = files.get(date);
      if (lines === undefined) return Promise.resolve(undefined);
      if (lines instanceof Error) return Promise.reject(lines);
      const file = fileOf(date, lines);
      open.add(file);
      return Promise.resolve({
        ...file,
        close: () => {
          open.delete(file);
          return Promise.resolve();
        },
      });
    },
  };
  return { acquirer, open };
}

function fileOf(date: string, lines: readonly SettlementLine[]): Omit<SettlementFile, 'close'> {
  const text = lines.map(({ reference, operation, gross, fee, currency }) =>
    [reference, operation, gross, fee, currency].join(),
  );
  return {
    date,
    sha256: deriveId('', date, ...text),
    count: lines.length,
    sums: [],
    lines: async function* behind(after) {
      for (const line of lines.slice(after)) yield await Promise.resolve(line);
    },
  };
}
