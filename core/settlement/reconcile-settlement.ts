import type { CheckClearingDependencies } from './check-clearing.ts';
import { checkClearing, watchClearing } from './check-clearing.ts';
import { addDays, dayOf, daysBetween } from './days.ts';
import { explainLines } from './explain-lines.ts';
import type { SettlementStore } from './ports.ts';
import type { SettleDayDependencies } from './settle-day.ts';
import { recheckDay, settleDay } from './settle-day.ts';
import type { SettlementProgress } from './settlement.ts';

export interface ReconcileSettlementDependencies extends SettleDayDependencies, CheckClearingDependencies {
  readonly store: SettlementStore;
  /** Calendar days after which what moved must have been settled. */
  readonly unclearedAfterDays: number;
}

/** What a run came to, for its log and for whoever has to be woken. */
export interface Reconciled {
  readonly settledThrough: string;
  readonly checkedThrough: string;
  /** Days whose file is late, unusable, another one, or not booked to its end. */
  readonly waiting: readonly string[];
  /** Exceptions that are new: files, lines, and what did not clear in time. */
  readonly files: number;
  readonly lines: number;
  readonly overdue: number;
  readonly explained: number;
}

/** For so many days the file of a settled day is fetched again, to see that it is still the same. */
const recheckedDays = 3;

/**
 * The daily settlement: from the acquirer to the bank.
 *
 * Primary course:
 * 1. Every day since the last that was settled, to yesterday, is settled by its file (`settleDay`): what was missed, or
 *    was not finished, is caught up.
 * 2. Lines that are held are looked at again (`explainLines`), whether our book explains them by now.
 * 3. Days whose time is over are checked: what moved and was not settled becomes an exception (`checkClearing`).
 * 4. The progress is noted: how far both have come without a gap.
 *
 * Twice is once, in parallel too, and a run that stops anywhere is finished by the next.
 */
export async function reconcileSettlement(
  dependencies: ReconcileSettlementDependencies,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<Reconciled> {
  const { store, unclearedAfterDays } = dependencies;
  const today = dayOf(now);
  const before = await startOfWork(store, today, unclearedAfterDays);
  const rechecked = await recheck(dependencies, before, now);
  const files = await settleDays(dependencies, before.settledThrough, now, isTimeLeft);
  const { opened: lines, explained } = await explainLines(dependencies, now, isTimeLeft);
  const watched = await watchClearing(dependencies, now, isTimeLeft);
  const checked = await checkDays(dependencies, before.checkedThrough, now, isTimeLeft);
  const { settledThrough } = files;
  const { checkedThrough } = checked;
  if (settledThrough !== before.settledThrough || checkedThrough !== before.checkedThrough)
    await store.advance(before, { settledThrough, checkedThrough });
  return {
    ...{ settledThrough, checkedThrough, waiting: files.waiting, lines, explained },
    files: rechecked + files.opened,
    overdue: watched + checked.opened,
  };
}

/** The first run ever begins with yesterday, and notes that before it does anything, so that no later day is left out. */
async function startOfWork(
  store: SettlementStore,
  today: string,
  unclearedAfterDays: number,
): Promise<SettlementProgress> {
  const progress = await store.progress();
  if (progress) return progress;
  const first = { settledThrough: addDays(today, -2), checkedThrough: addDays(today, -unclearedAfterDays - 1) };
  await store.advance(undefined, first);
  return (await store.progress()) ?? first;
}

async function recheck(
  dependencies: ReconcileSettlementDependencies,
  { settledThrough }: SettlementProgress,
  now: Date,
): Promise<number> {
  let opened = 0;
  for (const day of daysBetween(addDays(settledThrough, 1 - recheckedDays), settledThrough)) {
    if (await recheckDay(dependencies, day, now)) opened += 1;
  }
  return opened;
}

async function settleDays(
  dependencies: ReconcileSettlementDependencies,
  settledThrough: string,
  now: Date,
  isTimeLeft: () => boolean,
) {
  const waiting: string[] = [];
  let through = settledThrough;
  let opened = 0;
  for (const day of daysBetween(addDays(settledThrough, 1), addDays(dayOf(now), -1))) {
    if (!isTimeLeft()) break;
    const isSettled = await settle(dependencies, day, now, isTimeLeft);
    if (isSettled === 'new exception') opened += 1;
    if (isSettled !== 'settled') waiting.push(day);
    // A day that waits holds up none behind it, but the next run begins with it.
    else if (waiting.length === 0) through = day;
  }
  return { settledThrough: through, waiting, opened };
}

async function settle(
  dependencies: ReconcileSettlementDependencies,
  day: string,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<'settled' | 'new exception' | 'waiting'> {
  const standing = await dependencies.store.find(day);
  if (standing?.state === 'settled') return 'settled';
  const settled = await settleDay(dependencies, day, now, isTimeLeft);
  if (settled.kind === 'settled') return 'settled';
  return settled.kind === 'waiting' && settled.isNew ? 'new exception' : 'waiting';
}

async function checkDays(
  dependencies: ReconcileSettlementDependencies,
  checkedThrough: string,
  now: Date,
  isTimeLeft: () => boolean,
) {
  let through = checkedThrough;
  let opened = 0;
  for (const day of daysBetween(addDays(checkedThrough, 1), addDays(dayOf(now), -dependencies.unclearedAfterDays))) {
    // What is not closed yet is checked by a later run: an entry that came behind the check would never be looked for.
    if (!isTimeLeft() || !(await dependencies.clearing.isComplete(day))) break;
    const found = await checkClearing(dependencies, day, now, isTimeLeft);
    if (found === undefined) break;
    opened += found;
    through = day;
  }
  return { checkedThrough: through, opened };
}
