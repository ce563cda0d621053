import { exceptionId } from '../exceptions/exception.ts';
import type { ExceptionBook } from '../exceptions/ports.ts';
import { recordException } from '../exceptions/record-exception.ts';
import type { SettlementFile, SettlesDaily } from '../payments/acquirer.ts';
import { UnusableSettlementFile } from '../payments/acquirer.ts';
import type { BookFileDependencies } from './book-file.ts';
import { bookFile } from './book-file.ts';
import { addDays, startOf } from './days.ts';
import type { SettlementStore } from './ports.ts';
import type { Settlement } from './settlement.ts';
import { settlementId } from './settlement.ts';

export interface SettleDayDependencies extends BookFileDependencies {
  readonly acquirer: SettlesDaily;
  readonly store: BookFileDependencies['store'] & Pick<SettlementStore, 'open' | 'find'>;
  readonly exceptions: ExceptionBook;
  /** For how long after the end of its day a file is not late. */
  readonly lateAfterHours: number;
}

export type SettledDay =
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  /** There is more to book, and the time is over, or another run is at it. */
  | { readonly kind: 'unfinished'; readonly settlement: Settlement }
  /** There is no file that could be booked. `isNew`: somebody has to be told. */
  | { readonly kind: 'waiting'; readonly why: 'missing' | 'unusable' | 'replaced'; readonly isNew: boolean };

/**
 * Settles one day by the acquirer's file.
 *
 * Primary course:
 * 1. The file is fetched and found whole.
 * 2. The settlement is opened with the file's hash: the first content of a day is the one that counts.
 * 3. What is left of it is booked (`bookFile`).
 *
 * A file that is late, that does not fit itself, or that is another one than was opened books nothing and is an exception.
 */
export async function settleDay(
  dependencies: SettleDayDependencies,
  date: string,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<SettledDay> {
  const { acquirer, store } = dependencies;
  const file = await fetchFile(acquirer, date);
  if (!file) return missing(dependencies, date, now);
  if (file instanceof UnusableSettlementFile) return unusable(dependencies, date, file, now);
  try {
    await resolveAll(dependencies, date, now);
    const opened = await store.open(newSettlement(file, now));
    if (opened.sha256 !== file.sha256) return await replaced(dependencies, opened, file, now);
    const settlement = opened.state === 'open' ? await bookFile(dependencies, file, opened, now, isTimeLeft) : opened;
    return { kind: settlement.state === 'settled' ? 'settled' : 'unfinished', settlement };
  } finally {
    await file.close();
  }
}

/** Looks whether the file of a settled day is still the one that was booked. Answers whether there is a new exception. */
export async function recheckDay(dependencies: SettleDayDependencies, date: string, now: Date): Promise<boolean> {
  const settlement = await dependencies.store.find(date);
  if (!settlement) return false;
  const file = await fetchFile(dependencies.acquirer, date);
  if (file instanceof UnusableSettlementFile) return (await unusable(dependencies, date, file, now)).isNew;
  if (!file) return false;
  await file.close();
  await resolveAll(dependencies, date, now);
  if (file.sha256 === settlement.sha256) return false;
  return (await replaced(dependencies, settlement, file, now)).isNew;
}

async function fetchFile(
  acquirer: SettlesDaily,
  date: string,
): Promise<SettlementFile | UnusableSettlementFile | undefined> {
  try {
    return await acquirer.settlementFile(date);
  } catch (error) {
    if (error instanceof UnusableSettlementFile) return error;
    throw error;
  }
}

function newSettlement({ date, sha256, count, sums }: SettlementFile, now: Date): Settlement {
  const openedAt = now.toISOString();
  return {
    ...{ id: settlementId(date), date, sha256, count, sums, openedAt, updatedAt: openedAt },
    ...{ state: 'open', booked: 0, unexplained: 0, version: 1 },
  };
}

type Waiting = Extract<SettledDay, { kind: 'waiting' }>;

async function missing(
  { exceptions, lateAfterHours }: SettleDayDependencies,
  date: string,
  now: Date,
): Promise<Waiting> {
  const dueAt = startOf(addDays(date, 1)).getTime() + lateAfterHours * 3_600_000;
  if (now.getTime() < dueAt) return { kind: 'waiting', why: 'missing', isNew: false };
  const finding = { kind: 'settlement_file_missing', cause: [settlementId(date)], expected: { file: date } } as const;
  const { kind } = await recordException(exceptions, finding, now);
  return { kind: 'waiting', why: 'missing', isNew: kind === 'opened' };
}

async function unusable(
  { exceptions }: SettleDayDependencies,
  date: string,
  error: UnusableSettlementFile,
  now: Date,
): Promise<Waiting> {
  const found = { file: date, line: String(error.line), reason: error.message };
  const { kind } = await recordException(
    exceptions,
    { kind: 'settlement_file_unusable', cause: [settlementId(date)], found },
    now,
  );
  return { kind: 'waiting', why: 'unusable', isNew: kind === 'opened' };
}

async function replaced(
  { exceptions }: SettleDayDependencies,
  { id, date, sha256, count }: Settlement,
  file: SettlementFile,
  now: Date,
): Promise<Waiting> {
  const expected = { file: date, sha256, count: String(count) };
  const found = { file: date, sha256: file.sha256, count: String(file.count) };
  const finding = { kind: 'settlement_file_replaced', cause: [id, file.sha256], expected, found } as const;
  const { kind } = await recordException(exceptions, finding, now);
  return { kind: 'waiting', why: 'replaced', isNew: kind === 'opened' };
}

/** The file is there and fits itself: it is neither late nor unusable any more. */
async function resolveAll({ exceptions }: SettleDayDependencies, date: string, now: Date): Promise<void> {
  for (const kind of ['settlement_file_missing', 'settlement_file_unusable'] as const)
    await exceptions.resolve(exceptionId(kind, settlementId(date)), now.toISOString());
}
