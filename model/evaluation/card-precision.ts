/** A scored payment of a test. */
export interface ScoredPayment {
  readonly day: number;
  readonly card: number;
  readonly score: number;
  readonly isFraud: boolean;
}

/**
 * Card precision at k: of the k cards that score highest on a day, the share that had a fraud on it; a card that was found is
 * out on the following days; the mean over the days.
 */
export function cardPrecision(payments: readonly ScoredPayment[], k: number): number {
  const found = new Set<number>();
  const byDay = Map.groupBy(payments, ({ day }) => day);
  const days = [...byDay.keys()].toSorted((one, other) => one - other);
  const shares = days.map((day) => {
    const cards = new Map<number, { score: number; isFraud: boolean }>();
    for (const { card, score, isFraud } of byDay.get(day) ?? []) {
      if (found.has(card)) continue;
      const known = cards.get(card);
      cards.set(card, {
        score: Math.max(score, known?.score ?? Number.NEGATIVE_INFINITY),
        isFraud: isFraud || known?.isFraud === true,
      });
    }
    const highest = [...cards].toSorted(([, one], [, other]) => other.score - one.score).slice(0, k);
    const hits = highest.filter(([, { isFraud }]) => isFraud);
    for (const [card] of hits) found.add(card);
    return hits.length / k;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
