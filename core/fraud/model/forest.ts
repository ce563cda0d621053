/**
 * Boosted trees as flat arrays. A tree of depth d takes 2^(d+1) - 1 places: the children of place i are 2i + 1 and 2i + 2,
 * so that no links are stored and a walk is arithmetic alone.
 */
export interface Forest {
  readonly depth: number;
  readonly treeCount: number;
  /** The feature that a place splits by; below zero where the walk ends. */
  readonly features: Int16Array;
  /** What goes left: at most this. */
  readonly thresholds: Float64Array;
  /** What the payments that come by a place are worth, in log odds, inner places included: reasons are told by them. */
  readonly values: Float64Array;
  /** Log odds before any tree. */
  readonly base: number;
}

/** Places of a tree. */
export function placesOf(depth: number): number {
  return 2 ** (depth + 1) - 1;
}

/** The log odds of fraud of a vector. */
export function marginOf(forest: Forest, vector: ArrayLike<number>): number {
  const { treeCount, depth, values, base } = forest;
  const places = placesOf(depth);
  let margin = base;
  for (let tree = 0; tree < treeCount; tree += 1) margin += values[leafOf(forest, tree * places, vector)] ?? 0;
  return margin;
}

function leafOf({ features, thresholds }: Forest, root: number, vector: ArrayLike<number>): number {
  let at = root;
  for (let feature = features[at] ?? -1; feature >= 0; feature = features[at] ?? -1)
    at = 2 * at - root + ((vector[feature] ?? 0) <= (thresholds[at] ?? 0) ? 1 : 2);
  return at;
}

/** A vector's log odds of fraud, and what each feature added to them or took from them. */
export interface Explained {
  readonly margin: number;
  readonly contributions: Float64Array;
}

/**
 * The margin, explained: along each walk, the difference between a place and the one before it belongs to the feature that led
 * there (Saabas 2014, "Interpreting random forests"). With the base, and what the roots are worth, the contributions sum to the margin.
 */
export function explain(forest: Forest, vector: ArrayLike<number>): Explained {
  const { features, thresholds, values, treeCount, depth, base } = forest;
  const contributions = new Float64Array(vector.length);
  const places = placesOf(depth);
  let margin = base;
  for (let tree = 0; tree < treeCount; tree += 1) {
    const root = tree * places;
    let at = root;
    let value = values[at] ?? 0;
    for (let feature = features[at] ?? -1; feature >= 0; feature = features[at] ?? -1) {
      const side = (vector[feature] ?? 0) <= (thresholds[at] ?? 0) ? 1 : 2;
      at = 2 * at - root + side;
      const next = values[at] ?? 0;
      contributions[feature] = (contributions[feature] ?? 0) + next - value;
      value = next;
    }
    margin += value;
  }
  return { margin, contributions };
}
