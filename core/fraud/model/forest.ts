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

function leafOf(forest: Forest, root: number, vector: ArrayLike<number>): number {
  let place = 0;
  while ((forest.features[root + place] ?? -1) >= 0) place = childOf(forest, root, place, vector);
  return root + place;
}

/** Where a walk goes on from a place of the tree that begins at `root`. */
function childOf({ features, thresholds }: Forest, root: number, place: number, vector: ArrayLike<number>): number {
  const at = root + place;
  return (vector[features[at] ?? 0] ?? 0) <= (thresholds[at] ?? 0) ? 2 * place + 1 : 2 * place + 2;
}

/**
 * What each feature added to the log odds or took from them: along each walk, the difference between a place and the one
 * before it belongs to the feature that led there (Saabas 2014, "Interpreting random forests"). With the base, and what the
 * roots are worth, they sum to the margin.
 */
export function contributionsOf(forest: Forest, vector: ArrayLike<number>): Float64Array {
  const { features, values, treeCount, depth } = forest;
  const contributions = new Float64Array(vector.length);
  const places = placesOf(depth);
  for (let tree = 0; tree < treeCount; tree += 1) {
    const root = tree * places;
    let place = 0;
    for (;;) {
      const at = root + place;
      const feature = features[at] ?? -1;
      if (feature < 0) break;
      place = childOf(forest, root, place, vector);
      contributions[feature] = (contributions[feature] ?? 0) + (values[root + place] ?? 0) - (values[at] ?? 0);
    }
  }
  return contributions;
}
