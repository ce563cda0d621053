/**
 * The number of the next row, over all tables: references are listed in the order of their opening, whatever opened
 * them. Nothing is ever deleted, so the highest number yet is the last one given.
 */
export const nextSequence = `(1 + max(
  coalesce((SELECT max(sequence) FROM authorizations), 0), coalesce((SELECT max(sequence) FROM movements), 0)))`;
