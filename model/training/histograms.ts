import type { BinnedColumn } from './binning.ts';

/** Sums of gradients and of their derivatives by feature and bin: one stretch for each feature, one after the other. */
export interface Histogram {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Where each feature's stretch begins, and how long all of them are. */
export interface Layout {
  readonly starts: Int32Array;
  readonly length: number;
}

export function layoutOf(columns: readonly BinnedColumn[]): Layout {
  const starts = new Int32Array(columns.length);
  let length = 0;
  for (const [feature, { cuts }] of columns.entries()) {
    starts[feature] = length;
    length += cuts.length + 1;
  }
  return { starts, length };
}

/** Histograms that are used again: a tree needs a few, and each is a megabyte. */
export class HistogramPool {
  readonly #length: number;
  readonly #free: Histogram[] = [];

  constructor({ length }: Layout) {
    this.#length = length;
  }

  take(): Histogram {
    const found = this.#free.pop();
    if (!found) return { gradients: new Float64Array(this.#length), hessians: new Float64Array(this.#length) };
    found.gradients.fill(0);
    found.hessians.fill(0);
    return found;
  }

  giveBack(histogram: Histogram): void {
    this.#free.push(histogram);
  }
}

export interface Gradients {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Adds rows `from` to `to` of an order of rows to a histogram, for the features given. */
export function addRows(
  histogram: Histogram,
  { starts }: Layout,
  columns: readonly BinnedColumn[],
  features: readonly number[],
  { gradients, hessians }: Gradients,
  order: Int32Array,
  [from, to]: readonly [from: number, to: number],
): void {
  const { gradients: sumsOfGradients, hessians: sumsOfHessians } = histogram;
  for (const feature of features) {
    const bins = columns[feature]?.bins;
    if (!bins) continue;
    const start = starts[feature] ?? 0;
    for (let position = from; position < to; position += 1) {
      const row = order[position] ?? 0;
      const at = start + (bins[row] ?? 0);
      sumsOfGradients[at] = (sumsOfGradients[at] ?? 0) + (gradients[row] ?? 0);
      sumsOfHessians[at] = (sumsOfHessians[at] ?? 0) + (hessians[row] ?? 0);
    }
  }
}

/** What is left of the first without the second: a child's histogram is its parent's less its sibling's. */
export function subtract(from: Histogram, other: Histogram): void {
  for (let at = 0; at < from.gradients.length; at += 1) {
    from.gradients[at] = (from.gradients[at] ?? 0) - (other.gradients[at] ?? 0);
    from.hessians[at] = (from.hessians[at] ?? 0) - (other.hessians[at] ?? 0);
  }
}
