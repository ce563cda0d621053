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
