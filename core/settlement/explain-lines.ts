import { exceptionId } from '../exceptions/exception.ts';
import type { ExceptionKind } from '../exceptions/kinds.ts';
import type { ExceptionBook } from '../exceptions/ports.ts';
import { recordException } from '../exceptions/record-exception.ts';
import { assertBalanced } from '../ledger/posting.ts';
import { explanationPostings } from '../ledger/settlement-postings.ts';
import { answerLines } from './answer-lines.ts';
import type { LineOutcome } from './match-line.ts';
import { amountFacts } from './match-line.ts';
import type { BookSources, SettlementStore } from './ports.ts';
import type { HeldLine } from './settlement.ts';
import { settledKey, settlementId } from './settlement.ts';

export interface ExplainLinesDependencies {
  readonly sources: BookSources;
  readonly store: Pick<SettlementStore, 'settled' | 'find' | 'held' | 'explain' | 'refind' | 'forget'>;
  readonly exceptions: ExceptionBook;
}

export interface ExplainedLines {
  /** Exceptions that were not there before. */
  readonly opened: number;
  readonly explained: number;
}

/**
 * Looks again at every line that is held.
 *
 * Primary course, for each:
 * 1. It is compared with our book as it is by now.
 * 2. What still does not match has an exception, of the kind that it is now.
 * 3. What matches leaves suspense and clearing in one transaction; then its exception is resolved, and it is forgotten.
 *
 * A run that stops anywhere is finished by the next: a line is forgotten last.
 */
export async function explainLines(
  { sources, store, exceptions }: ExplainLinesDependencies,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<ExplainedLines> {
  let opened = 0;
  let explained = 0;
  for await (const page of store.held()) {
    for (const [date, lines] of Map.groupBy(page, (line) => line.date)) {
      if (!isTimeLeft()) return { opened, explained };
      const outcomes = await answerLines(
        { sources, store },
        lines.map(({ line }) => line),
      );
      const looked = lines.map((line, index) => ({ line, outcome: outcomes[index] }));
      const matching = looked.flatMap(({ line, outcome }) =>
        line.state === 'held' && outcome?.kind === 'matched' ? [line] : [],
      );
      const done = await explain(store, date, matching, now);
      for (const line of [...done, ...lines.filter(({ state }) => state === 'explained')]) {
        await exceptions.resolve(exceptionOf(line, line.finding), now.toISOString());
        await store.forget(line);
        explained += 1;
      }
      for (const { line, outcome } of looked) {
        if (line.state === 'held' && outcome?.kind === 'unexplained')
          opened += await tell({ store, exceptions }, line, outcome, now);
      }
    }
  }
  return { opened, explained };
}

/** Books what is explained; answers the lines, or none when somebody else was at it: the next run looks again. */
async function explain(
  store: ExplainLinesDependencies['store'],
  date: string,
  lines: readonly HeldLine[],
  now: Date,
): Promise<readonly HeldLine[]> {
  if (lines.length === 0) return [];
  const before = await store.find(date);
  if (!before) throw new Error(`Lines of ${date} are held, but there is no settlement`);
  const sums = new Map<string, bigint>();
  for (const { line } of lines) sums.set(line.currency, (sums.get(line.currency) ?? 0n) + line.net);
  const postings = [...sums].toSorted().flatMap(([currency, net]) => explanationPostings(net, currency));
  assertBalanced(postings);
  const written = await store.explain({
    before,
    transition: {
      settlementId: settlementId(date),
      version: before.version + 1,
      event: 'settlement.explained',
      occurredAt: now.toISOString(),
      postings,
      clears: lines.map(({ line }) => settledKey(line)),
    },
    lines,
  });
  return written === 'booked' ? lines : [];
}

async function tell(
  { store, exceptions }: Pick<ExplainLinesDependencies, 'store' | 'exceptions'>,
  held: HeldLine,
  outcome: Extract<LineOutcome, { kind: 'unexplained' }>,
  now: Date,
): Promise<number> {
  const { finding, expected, paymentId } = outcome;
  const { kind } = await recordException(
    exceptions,
    {
      kind: finding,
      cause: causeOf(held),
      expected,
      found: { file: held.date, line: String(held.number), operation: held.line.operation, ...amountFacts(held.line) },
      reference: held.line.reference,
      ...(paymentId === undefined ? {} : { paymentId }),
    },
    now,
  );
  if (finding !== held.finding) {
    await exceptions.resolve(exceptionOf(held, held.finding), now.toISOString());
    await store.refind(held, finding);
  }
  return kind === 'opened' ? 1 : 0;
}

function exceptionOf(line: HeldLine, finding: ExceptionKind): string {
  return exceptionId(finding, ...causeOf(line));
}

function causeOf({ date, number }: HeldLine): readonly string[] {
  return [settlementId(date), String(number)];
}
