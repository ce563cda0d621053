/** When a schedule runs. Times are milliseconds since the epoch. */
export interface Timetable {
  /** The first run of a schedule that begins now; undefined when there is none. */
  first(now: number, startsAt: number | undefined): number | undefined;
  /** The run that follows one at `at`; undefined when it was the last. */
  next(at: number): number | undefined;
  /** The latest run that is due by `now`, where one was due at `dueAt`. */
  latest(dueAt: number, now: number): number;
}

/** Runs one interval apart, from one interval after the beginning, or else from the start date on. */
export function rateTimetable(intervalMilliseconds: number): Timetable {
  return {
    first: (now, startsAt) => (startsAt !== undefined && startsAt > now ? startsAt : now + intervalMilliseconds),
    next: (at) => at + intervalMilliseconds,
    latest: (dueAt, now) => dueAt + Math.floor((now - dueAt) / intervalMilliseconds) * intervalMilliseconds,
  };
}
