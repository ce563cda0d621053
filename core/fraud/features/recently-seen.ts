/** Ids that were seen lately, the latest last: few enough to stand in an item. */
export interface Seen {
  readonly id: string;
  /** Days since the Unix epoch: when it was seen first and last. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Who is pushed out by newer ones is forgotten. */
const mostRemembered = 12;

/** The list after an id was seen. */
export function see(list: readonly Seen[], id: string, at: number): readonly Seen[] {
  const known = list.find((each) => each.id === id);
  const others = list.filter((each) => each.id !== id);
  return [...others, { id, firstAt: known?.firstAt ?? at, lastAt: at }].slice(-mostRemembered);
}

/** For how many days an id has been known; below zero when it is not. */
export function knownFor(list: readonly Seen[], id: string, at: number): number {
  const known = list.find((each) => each.id === id);
  return known ? at - known.firstAt : -1;
}

/** How many others were seen within so many days. */
export function othersWithin(list: readonly Seen[], id: string, at: number, days: number): number {
  return list.filter((each) => each.id !== id && at - each.lastAt <= days).length;
}
