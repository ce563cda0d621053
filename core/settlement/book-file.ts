import type { Posting } from '../ledger/posting.ts';
import { assertBalanced } from '../ledger/posting.ts';
import { settlementPostings } from '../ledger/settlement-postings.ts';
import type { SettlementFile } from '../payments/acquirer.ts';
import { answerLines } from './answer-lines.ts';
import type { LineOutcome } from './match-line.ts';
import type { Booking, BookSources, NumberedLine, SettlementStore } from './ports.ts';
import { linesPerBooking } from './ports.ts';
import type { HeldLine, Settlement } from './settlement.ts';
import { settledKey } from './settlement.ts';

export interface BookFileDependencies {
  readonly sources: BookSources;
  readonly store: Pick<SettlementStore, 'settled' | 'book' | 'find'>;
}

/** Others may settle the same references from another file at the same time: then the lines are looked at again. */
const tries = 5;

/**
 * Books what is left of a day's file.
 *
 * Primary course:
 * 1. The lines behind those that are booked are read, some at a time.
 * 2. Each is compared with our book: what matches leaves clearing, the rest waits in suspense; the bank has both.
 * 3. All of that is one transaction with the settlement's position, so that whoever comes next goes on behind it.
 *
 * Twice is once, in parallel too: the position and each reference are conditions. Answers the settlement as it stands:
 * still `open` when the time was over, or when another run is at it.
 */
export async function bookFile(
  dependencies: BookFileDependencies,
  file: SettlementFile,
  opened: Settlement,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<Settlement> {
  let settlement = opened;
  for await (const lines of chunksOf(file, opened)) {
    if (!isTimeLeft()) return settlement;
    const booked = await bookLines(dependencies, settlement, lines, now);
    if (!booked) return settlement;
    settlement = booked;
  }
  return settlement;
}

/** The lines in chunks; one empty chunk where nothing is left but to close the settlement. */
async function* chunksOf(file: SettlementFile, { booked }: Settlement): AsyncGenerator<readonly NumberedLine[]> {
  let chunk: NumberedLine[] = [];
  let number = booked;
  for await (const line of file.lines(booked)) {
    number += 1;
    chunk.push({ number, line });
    if (chunk.length === linesPerBooking) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0 || number === booked) yield chunk;
}

async function bookLines(
  { sources, store }: BookFileDependencies,
  settlement: Settlement,
  lines: readonly NumberedLine[],
  now: Date,
): Promise<Settlement | undefined> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const outcomes = await answerLines(
      { sources, store },
      lines.map(({ line }) => line),
    );
    const booking = bookingOf(settlement, lines, outcomes, now);
    if ((await store.book(booking)) === 'booked') return booking.after;
    // Another run went on from here: it has the rest. Else a reference was settled by another file meanwhile.
    if ((await store.find(settlement.date))?.version !== settlement.version) return undefined;
  }
  throw new Error(`${settlement.id} could not be booked from line ${settlement.booked + 1} on`);
}

function bookingOf(
  before: Settlement,
  lines: readonly NumberedLine[],
  outcomes: readonly LineOutcome[],
  now: Date,
): Booking {
  const answered = lines.map((each, index) => ({ ...each, outcome: outcomes[index] }));
  const matched = answered.filter(({ outcome }) => outcome?.kind === 'matched');
  const holds = answered.flatMap(({ number, line, outcome }): HeldLine[] =>
    outcome?.kind === 'unexplained'
      ? [{ date: before.date, number, line, finding: outcome.finding, state: 'held' }]
      : [],
  );
  const booked = before.booked + lines.length;
  const after: Settlement = {
    ...before,
    booked,
    unexplained: before.unexplained + holds.length,
    state: booked === before.count ? 'settled' : 'open',
    updatedAt: now.toISOString(),
    version: before.version + 1,
  };
  const settles = matched.map(({ number, line }) => ({ key: settledKey(line), number }));
  const transition = {
    settlementId: before.id,
    version: after.version,
    event: 'settlement.booked',
    occurredAt: now.toISOString(),
    postings: postingsOf(matched, holds),
    clears: settles.map(({ key }) => key),
  } as const;
  return { before, after, transition: lines.length === 0 ? undefined : transition, settles, holds };
}

function postingsOf(matched: readonly NumberedLine[], holds: readonly HeldLine[]): readonly Posting[] {
  const sums = (lines: readonly { readonly line: NumberedLine['line'] }[]) => {
    const byCurrency = new Map<string, bigint>();
    for (const { line } of lines) byCurrency.set(line.currency, (byCurrency.get(line.currency) ?? 0n) + line.net);
    return byCurrency;
  };
  const explained = sums(matched);
  const unexplained = sums(holds);
  const currencies = [...new Set([...explained.keys(), ...unexplained.keys()])].toSorted();
  const postings = currencies.flatMap((currency) =>
    settlementPostings({
      currency,
      matched: explained.get(currency) ?? 0n,
      unexplained: unexplained.get(currency) ?? 0n,
    }),
  );
  assertBalanced(postings);
  return postings;
}
