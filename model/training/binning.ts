/** A column of numbers, cut into bins: `bins[i]` is how many of the cuts are below the i-th number. */
export interface BinnedColumn {
  readonly bins: Uint16Array;
  /** In ascending order; a number goes left of a cut when it is at most the cut. */
  readonly cuts: Float64Array;
}

/** Amounts need fine cuts: 255 bins lost five points of average precision (../shared/fraud-data/README.md). */
export const mostBins = 4096;

/** Cuts a column between its distinct numbers; where these are more than the bins, between quantiles of equal weight. */
export function binColumn(column: Float64Array, most = mostBins): BinnedColumn {
  const cuts = cutsOf(column, most);
  const bins = new Uint16Array(column.length);
  for (let row = 0; row < column.length; row += 1) bins[row] = cutsBelow(cuts, column[row] ?? 0);
  return { bins, cuts };
}

function cutsOf(column: Float64Array, most: number): Float64Array {
  const sorted = column.toSorted();
  const cuts: number[] = [];
  const distinct = countDistinct(sorted);
  const rowsPerBin = distinct <= most ? 1 : sorted.length / most;
  let wanted = rowsPerBin;
  for (let row = 1; row < sorted.length; row += 1) {
    const [before = 0, here = 0] = [sorted[row - 1], sorted[row]];
    if (before === here || row < wanted) continue;
    cuts.push(between(before, here));
    wanted = distinct <= most ? 1 : row + rowsPerBin;
  }
  return Float64Array.from(cuts);
}

function countDistinct(sorted: Float64Array): number {
  let count = sorted.length === 0 ? 0 : 1;
  for (let row = 1; row < sorted.length; row += 1) if (sorted[row] !== sorted[row - 1]) count += 1;
  return count;
}

/** Half way, unless rounding would make it the upper one. */
function between(lower: number, upper: number): number {
  const middle = lower + (upper - lower) / 2;
  return middle < upper ? middle : lower;
}

function cutsBelow(cuts: Float64Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
