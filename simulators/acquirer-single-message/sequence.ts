/**
 * The number of the next row, over both tables: references are listed in the order of their opening, whatever opened
 * them. Nothing is ever deleted, so the highest number yet is the last one given.
 */
export const nextSequence = `(1 + max(
  coalesce((SELECT max(sequence) FROM sales), 0), coalesce((SELECT max(sequence) FROM credits), 0)))`;
