import type { DayRoot } from './day-root.ts';
import { rootHash, signedText } from './day-root.ts';
import { journalChains } from './entry.ts';
import type { ClosingStore, RootSigner } from './ports.ts';
import { genesisHash } from './segment.ts';
import { addTotals, imbalances } from './totals.ts';

export interface ClosingDependencies {
  readonly closing: ClosingStore;
  readonly signer: RootSigner;
  readonly now: () => Date;
}

/** The day before all days: what the first root names as the one before. */
export const beforeAllDays = '0000-00-00';

/**
 * Closes a day for ever. In: the last day to close; days before it that were not closed, because nobody was there to do
 * it, are closed with it. Out: the day's root; done again, it is the same.
 * 1. Every chain is closed: what comes late goes to the next day.
 * 2. The days' buckets are added to the last root's totals.
 * 3. The root over the chains' ends and the totals is signed.
 * Throws when the totals do not balance: then nothing is signed, and the day stays without a root until somebody looks.
 */
export async function closeDay({ closing, signer, now }: ClosingDependencies, day: string): Promise<DayRoot> {
  const previous = await closing.lastRoot(day);
  if (previous?.day === day) return previous;
  const chains = await Promise.all(
    Array.from({ length: journalChains }, async (_, chain) => {
      const { closed } = await closing.closeChain(chain, day);
      if (closed?.day !== day) throw new Error(`Chain ${chain} is closed until ${closed?.day ?? 'never'}, not ${day}`);
      return { number: closed.number, hash: closed.hash };
    }),
  );
  const previousDay = previous?.day ?? beforeAllDays;
  const buckets = await Promise.all(chains.map((_, chain) => closing.buckets(chain, previousDay, day)));
  const totals = addTotals(previous?.totals ?? [], ...buckets.flat().map((bucket) => bucket.totals));
  for (const [currency, difference] of imbalances(totals)) {
    throw new Error(`The books of ${day} are off balance by ${difference.toString()} ${currency}`);
  }
  const content = { day, previousDay, previousHash: previous?.hash ?? genesisHash, chains, totals };
  const sealed = { ...content, hash: rootHash(content), signedAt: now().toISOString() };
  const root: DayRoot = { ...sealed, ...(await signer.sign(signedText(sealed))) };
  if (await closing.putRoot(root)) return root;
  const first = await closing.lastRoot(day);
  if (first?.day !== day) throw new Error(`The root of ${day} is there and cannot be found`);
  return first;
}

/** The last day that is over for long enough that hardly anything of it can still be on its way. */
export function dayToClose(now: Date, graceMinutes: number): string {
  return new Date(now.getTime() - graceMinutes * 60_000 - 86_400_000).toISOString().slice(0, 10);
}
