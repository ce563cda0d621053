/** A score for each example, and what it turned out to be (1 fraud, 0 genuine). */
export interface Scored {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

/** Places of the scores, the highest first. */
function ranking({ scores }: Scored): Uint32Array {
  return Uint32Array.from(scores, (_, index) => index).sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0));
}

/** The area under the receiver operating characteristic: how often a fraud scores above a genuine payment; ties count half. */
export function areaUnderRoc(scored: Scored): number {
  const { scores, labels } = scored;
  let [frauds, pairs, genuineAbove] = [0, 0, 0];
  const total = labels.reduce((sum, label) => sum + label, 0);
  const order = ranking(scored);
  for (let from = 0; from < order.length;) {
    let [to, fraudsHere] = [from, 0];
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) {
      fraudsHere += labels[order[to] ?? 0] ?? 0;
      to += 1;
    }
    const genuineHere = to - from - fraudsHere;
    pairs += genuineHere * frauds + (genuineHere * fraudsHere) / 2;
    frauds += fraudsHere;
    genuineAbove += genuineHere;
    from = to;
  }
  return pairs / (total * genuineAbove);
}

/** Average precision: the sum of each threshold's precision times the recall that it adds (no interpolation, as scikit-learn's). */
export function averagePrecision(scored: Scored): number {
  const { scores, labels } = scored;
  const total = labels.reduce((sum, label) => sum + label, 0);
  const order = ranking(scored);
  let [frauds, sum] = [0, 0];
  for (let from = 0; from < order.length;) {
    let [to, fraudsHere] = [from, 0];
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) {
      fraudsHere += labels[order[to] ?? 0] ?? 0;
      to += 1;
    }
    frauds += fraudsHere;
    sum += (fraudsHere / total) * (frauds / to);
    from = to;
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
