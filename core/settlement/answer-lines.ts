import type { SettlementLine } from '../payments/acquirer.ts';
import type { LineOutcome } from './match-line.ts';
import { matchLine } from './match-line.ts';
import type { BookSources, SettlementStore } from './ports.ts';
import { settledKey } from './settlement.ts';

/**
 * What becomes of each of some lines, in their order: each operation's source is asked once, and of lines that say the
 * same the first settles it.
 */
export async function answerLines(
  { sources, store }: { readonly sources: BookSources; readonly store: Pick<SettlementStore, 'settled'> },
  lines: readonly SettlementLine[],
): Promise<readonly LineOutcome[]> {
  const answers = new Map<string, Awaited<ReturnType<BookSources[string]>>>();
  for (const [operation, asked] of Map.groupBy(lines, (line) => line.operation)) {
    const source = Object.hasOwn(sources, operation) ? sources[operation] : undefined;
    if (source) answers.set(operation, await source([...new Set(asked.map(({ reference }) => reference))]));
  }
  const settled = new Set(await store.settled([...new Set(lines.map(settledKey))]));
  return lines.map((line) => {
    const ofOperation = answers.get(line.operation);
    const answer = ofOperation && (ofOperation.get(line.reference) ?? { kind: 'unknown' as const });
    const key = settledKey(line);
    const outcome = matchLine(line, answer, settled.has(key));
    if (outcome.kind === 'matched') settled.add(key);
    return outcome;
  });
}
