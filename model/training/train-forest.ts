import type { Forest } from '../../core/fraud/model/forest.ts';
import { placesOf } from '../../core/fraud/model/forest.ts';
import { binColumn } from './binning.ts';
import type { GrowthOptions, Tree } from './grow-tree.ts';
import { growTree } from './grow-tree.ts';
import type { Gradients } from './histograms.ts';
import { HistogramPool, layoutOf } from './histograms.ts';
import { seededRandom } from '../../local/kernel/random.ts';

/** Vectors by column, and what they turned out to be. */
export interface Examples {
  /** One column for each feature. */
  readonly columns: readonly Float64Array[];
  /** 1 for fraud, 0 for genuine. */
  readonly labels: Uint8Array;
}

export interface TrainingOptions extends GrowthOptions {
  readonly trees: number;
  /** The share of rows that each tree is grown on. */
  readonly rowShare: number;
  /** The share of features that each tree may split by. */
  readonly featureShare: number;
  readonly seed: number;
}

/** Chosen on validation weeks alone; see model/README.md. */
export const usualOptions: TrainingOptions = {
  ...{ trees: 200, depth: 4, learningRate: 0.05, lambda: 1, leastChildWeight: 1 },
  ...{ rowShare: 0.7, featureShare: 0.7, seed: 1 },
};

/**
 * Trains boosted trees for the logistic loss, by gradients and their derivatives over histograms (Friedman 2001; Chen,
 * Guestrin 2016). The same examples, options and seed give the same forest. `progress` hears of each tree.
 */
export function trainForest(
  { columns, labels }: Examples,
  options: TrainingOptions,
  progress: (treesDone: number) => void = () => undefined,
): Forest {
  const binned = columns.map((column) => binColumn(column));
  const layout = layoutOf(binned);
  const pool = new HistogramPool(layout);
  const random = seededRandom(options.seed);
  const base = baseOf(labels);
  const margins = new Float64Array(labels.length).fill(base);
  const gradients = { gradients: new Float64Array(labels.length), hessians: new Float64Array(labels.length) };
  const trees: Tree[] = [];
  for (let index = 0; index < options.trees; index += 1) {
    derive(labels, margins, gradients);
    const order = drawRows(labels.length, options.rowShare, random);
    const features = drawFeatures(columns.length, options.featureShare, random);
    const tree = growTree({ columns: binned, layout, pool, gradients, order, features }, options);
    addTree(tree, columns, margins);
    trees.push(tree);
    progress(index + 1);
  }
  return toForest(trees, options.depth, base);
}

/** The log odds of all examples; of none or nothing but frauds as if one more of either had been seen. */
function baseOf(labels: Uint8Array): number {
  const frauds = labels.reduce((sum, label) => sum + label, 0);
  return Math.log((frauds + 1) / (labels.length - frauds + 1));
}

function derive(labels: Uint8Array, margins: Float64Array, { gradients, hessians }: Gradients): void {
  for (let row = 0; row < labels.length; row += 1) {
    const probability = 1 / (1 + Math.exp(-(margins[row] ?? 0)));
    gradients[row] = probability - (labels[row] ?? 0);
    hessians[row] = Math.max(probability * (1 - probability), 1e-16);
  }
}

function drawRows(count: number, share: number, random: () => number): Int32Array {
  const drawn: number[] = [];
  for (let row = 0; row < count; row += 1) if (share >= 1 || random() < share) drawn.push(row);
  return Int32Array.from(drawn);
}

function drawFeatures(count: number, share: number, random: () => number): readonly number[] {
  const wanted = Math.max(1, Math.round(count * share));
  return Array.from({ length: count }, (_, feature) => ({ feature, key: random() }))
    .toSorted((one, other) => one.key - other.key)
    .slice(0, wanted)
    .map(({ feature }) => feature)
    .toSorted((one, other) => one - other);
}

function addTree({ features, thresholds, values }: Tree, columns: Examples['columns'], margins: Float64Array): void {
  for (let row = 0; row < margins.length; row += 1) {
    let place = 0;
    for (;;) {
      const feature = features[place] ?? -1;
      if (feature < 0) break;
      place = (columns[feature]?.[row] ?? 0) <= (thresholds[place] ?? 0) ? 2 * place + 1 : 2 * place + 2;
    }
    margins[row] = (margins[row] ?? 0) + (values[place] ?? 0);
  }
}

function toForest(trees: readonly Tree[], depth: number, base: number): Forest {
  const places = placesOf(depth);
  const forest = {
    features: new Int16Array(trees.length * places),
    thresholds: new Float64Array(trees.length * places),
    values: new Float64Array(trees.length * places),
  };
  for (const [index, { features, thresholds, values }] of trees.entries()) {
    forest.features.set(features, index * places);
    forest.thresholds.set(thresholds, index * places);
    forest.values.set(values, index * places);
  }
  return { ...forest, depth, treeCount: trees.length, base };
}
