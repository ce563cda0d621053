/** The simulator's own Date: the machine's, plus an offset that POST /clock sets and the books remember. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs that much ahead of the machine from now on. */
  setOffset(offsetMilliseconds: number): void;
  offset(): number;
}

/** A clock that starts with the offset given, in milliseconds. */
export function createClock(offsetMilliseconds: number): Clock {
  let offset = offsetMilliseconds;
  return {
    now: () => Date.now() + offset,
    setOffset: (next) => {
      offset = next;
    },
    offset: () => offset,
  };
}
