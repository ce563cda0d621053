import { placesOf } from '../../core/fraud/model/forest.ts';
import type { BinnedColumn } from './binning.ts';
import type { Gradients, Histogram, HistogramPool, Layout } from './histograms.ts';
import { addRows, subtract } from './histograms.ts';

export interface GrowthOptions {
  readonly depth: number;
  /** What each leaf's weight is held back by. */
  readonly lambda: number;
  /** Of the sum of hessians: a leaf of less says too little. */
  readonly leastChildWeight: number;
  readonly learningRate: number;
}

/** What a tree is grown on. */
export interface Ground {
  readonly columns: readonly BinnedColumn[];
  readonly layout: Layout;
  readonly pool: HistogramPool;
  readonly gradients: Gradients;
  /** The rows of the tree; parted in place, so that each leaf's rows stand together. */
  readonly order: Int32Array;
  /** The features that the tree may split by. */
  readonly features: readonly number[];
}

/** One tree, by places (see core/fraud/model/forest.ts). */
export interface Tree {
  readonly features: Int16Array;
  readonly thresholds: Float64Array;
  readonly values: Float64Array;
}

interface Node {
  readonly place: number;
  readonly from: number;
  readonly to: number;
  readonly gradient: number;
  readonly hessian: number;
  /** None on the last level, where nothing is split any more. */
  readonly histogram: Histogram | undefined;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly gain: number;
  readonly gradient: number;
  readonly hessian: number;
}

/** The gain below which a split is chance: rounding alone makes as much. */
const leastGain = 1e-6;

/** Grows a tree level by level, each node by the split of the greatest gain (Chen, Guestrin: XGBoost, 2016, equation 7). */
export function growTree(ground: Ground, options: GrowthOptions): Tree {
  const places = placesOf(options.depth);
  const tree: Tree = {
    features: new Int16Array(places).fill(-1),
    thresholds: new Float64Array(places),
    values: new Float64Array(places),
  };
  let level: readonly Node[] = [rootOf(ground)];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: Node[] = [];
    for (const node of level) {
      tree.values[node.place] = (-options.learningRate * node.gradient) / (node.hessian + options.lambda);
      const split = bestSplit(ground, node, options);
      if (split) next.push(...partNode(ground, tree, node, split, depth + 1 < options.depth));
      else if (node.histogram) ground.pool.giveBack(node.histogram);
    }
    level = next;
  }
  return tree;
}

function rootOf({ columns, layout, pool, gradients, order, features }: Ground): Node {
  const histogram = pool.take();
  addRows(histogram, layout, columns, features, gradients, order, [0, order.length]);
  let [gradient, hessian] = [0, 0];
  for (const row of order) {
    gradient += gradients.gradients[row] ?? 0;
    hessian += gradients.hessians[row] ?? 0;
  }
  return { place: 0, from: 0, to: order.length, gradient, hessian, histogram };
}

function bestSplit({ columns, layout, features }: Ground, node: Node, options: GrowthOptions): Split | undefined {
  const { lambda, leastChildWeight } = options;
  if (!node.histogram) return undefined;
  const { gradients, hessians } = node.histogram;
  const whole = node.gradient ** 2 / (node.hessian + lambda);
  let best: Split | undefined;
  for (const feature of features) {
    const start = layout.starts[feature] ?? 0;
    const cuts = columns[feature]?.cuts.length ?? 0;
    let [gradient, hessian] = [0, 0];
    for (let bin = 0; bin < cuts; bin += 1) {
      const here = hessians[start + bin] ?? 0;
      if (here === 0) continue;
      gradient += gradients[start + bin] ?? 0;
      hessian += here;
      if (hessian < leastChildWeight) continue;
      const right = node.hessian - hessian;
      if (right < leastChildWeight) break;
      const gain = gradient ** 2 / (hessian + lambda) + (node.gradient - gradient) ** 2 / (right + lambda) - whole;
      if (gain > (best?.gain ?? leastGain)) best = { feature, bin, gain, gradient, hessian };
    }
  }
  return best;
}

/** Parts a node's rows, and counts the smaller part anew: the other is the parent less that. */
function partNode(ground: Ground, tree: Tree, node: Node, split: Split, isNeeded: boolean): readonly Node[] {
  const { columns, layout, pool, gradients, order, features } = ground;
  const column = columns[split.feature];
  if (!column || !node.histogram) return [];
  tree.features[node.place] = split.feature;
  tree.thresholds[node.place] = column.cuts[split.bin] ?? 0;
  const middle = partRows(order, [node.from, node.to], column.bins, split.bin);
  const left = {
    place: 2 * node.place + 1,
    from: node.from,
    to: middle,
    gradient: split.gradient,
    hessian: split.hessian,
  };
  const right = {
    ...{ place: 2 * node.place + 2, from: middle, to: node.to },
    ...{ gradient: node.gradient - split.gradient, hessian: node.hessian - split.hessian },
  };
  if (!isNeeded) {
    pool.giveBack(node.histogram);
    return [left, right].map((child) => ({ ...child, histogram: undefined }));
  }
  const [smaller, larger] = middle - node.from < node.to - middle ? [left, right] : [right, left];
  const histogram = pool.take();
  addRows(histogram, layout, columns, features, gradients, order, [smaller.from, smaller.to]);
  subtract(node.histogram, histogram);
  return [
    { ...smaller, histogram },
    { ...larger, histogram: node.histogram },
  ];
}

/** Rows of bins up to the split's first, in no order of their own. Answers where the others begin. */
function partRows(
  order: Int32Array,
  [from, to]: readonly [from: number, to: number],
  bins: Uint16Array,
  bin: number,
): number {
  let [low, high] = [from, to - 1];
  while (low <= high) {
    const row = order[low] ?? 0;
    if ((bins[row] ?? 0) <= bin) low += 1;
    else {
      order[low] = order[high] ?? 0;
      order[high] = row;
      high -= 1;
    }
  }
  return low;
}
