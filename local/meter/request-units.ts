/**
 * DynamoDB's request units, on demand.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
const writeBlockBytes = 1024;
const readBlockBytes = 4096;

export type Consistency = 'eventual' | 'strong' | 'transactional';

const unitsPerBlock: Readonly<Record<Consistency, number>> = { eventual: 0.5, strong: 1, transactional: 2 };

/** Write units of one item of this size. Writing nothing (deleting what is not there) costs one unit as well. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / writeBlockBytes));
}

/** Read units of one item, or of all items of a Query or Scan together. What is not there costs as the smallest item. */
export function readUnits(bytes: number, consistency: Consistency): number {
  return Math.max(1, Math.ceil(bytes / readBlockBytes)) * unitsPerBlock[consistency];
}

/**
 * A transaction prepares and commits each item, so the item costs twice. What follows in the indexes is written once,
 * after the commit.
 */
export const transactionalWrites = 2;
