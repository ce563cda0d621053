/** A score for each example, and what it turned out to be (1 fraud, 0 genuine). */
export interface Scored {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

/** How many of either kind share a score, the highest score first. */
function* ranks({ scores, labels }: Scored): Generator<{ readonly frauds: number; readonly genuine: number }> {
  const order = Uint32Array.from(scores, (_, index) => index);
  order.sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0));
  for (let from = 0; from < order.length;) {
    let [to, frauds] = [from, 0];
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) {
      frauds += labels[order[to] ?? 0] ?? 0;
      to += 1;
    }
    yield { frauds, genuine: to - from - frauds };
    from = to;
  }
}

/** The area under the receiver operating characteristic: how often a fraud scores above a genuine payment; ties count half. */
export function areaUnderRoc(scored: Scored): number {
  let [frauds, genuine, pairs] = [0, 0, 0];
  for (const here of ranks(scored)) {
    pairs += here.genuine * frauds + (here.genuine * here.frauds) / 2;
    frauds += here.frauds;
    genuine += here.genuine;
  }
  return pairs / (frauds * genuine);
}

/** Average precision: the sum of each threshold's precision times the recall that it adds (no interpolation, as scikit-learn's). */
export function averagePrecision(scored: Scored): number {
  const total = scored.labels.reduce((sum, label) => sum + label, 0);
  let [frauds, all, sum] = [0, 0, 0];
  for (const here of ranks(scored)) {
    frauds += here.frauds;
    all += here.frauds + here.genuine;
    sum += (here.frauds / total) * (frauds / all);
  }
  return sum;
}

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
