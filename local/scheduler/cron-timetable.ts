import { Cron } from 'croner';
import { DateTime, IANAZone } from 'luxon';
import { toCronerPattern } from './cron-pattern.ts';
import type { Timetable } from './timetable.ts';

/**
 * The times of `cron(...)` in a time zone. Croner is asked for times on the zone's clock on the wall, as if they were
 * UTC, because its own rules for daylight saving differ from EventBridge Scheduler's, which are: a time that does not
 * exist in spring is left out, and one that comes twice in autumn runs at its first coming alone.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 *
 * @throws Error that says what of the expression or time zone is not served.
 */
export function cronTimetable(fields: string, timeZone: string): Timetable {
  if (!IANAZone.isValidZone(timeZone)) throw new Error(`the time zone "${timeZone}" does not exist`);
  const times = new Cron(toCronerPattern(fields), {
    mode: '7-part',
    timezone: 'UTC',
    alternativeWeekdays: true,
    paused: true,
  });
  const next = (at: number): number | undefined => {
    // Of what a change of the clock leaves out there are hours at most, so the loop is short.
    for (let wall = times.nextRun(toWall(at, timeZone)); wall !== null; wall = times.nextRun(wall)) {
      const instant = fromWall(wall, timeZone);
      if (instant !== undefined && instant > at) return instant;
    }
    return undefined;
  };
  return {
    first: (now, startsAt) => next(startsAt !== undefined && startsAt > now ? startsAt - 1 : now),
    next,
    latest: (dueAt, now) => {
      // From the last time on the wall that is certainly over, a few steps lead to the latest run.
      const [before] = times.previousRuns(1, toWall(now - longestShiftMilliseconds, timeZone));
      const passed = before && fromWall(before, timeZone);
      let latest = Math.max(dueAt, passed ?? dueAt);
      for (let run = next(latest); run !== undefined && run <= now; run = next(latest)) latest = run;
      return latest;
    },
  };
}

/** No zone's clock is put forward or back by more than a few hours, but for days that a country skipped. */
const longestShiftMilliseconds = 24 * 3_600_000;

/** What the clock on the wall shows, written as if it were UTC. */
function toWall(instant: number, zone: string): Date {
  return DateTime.fromMillis(instant, { zone }).setZone('utc', { keepLocalTime: true }).toJSDate();
}

/** When the clock on the wall shows this for the first time; undefined for a time that is skipped. */
function fromWall(wall: Date, zone: string): number | undefined {
  const shown = DateTime.fromJSDate(wall, { zone: 'utc' });
  const local = shown.setZone(zone, { keepLocalTime: true });
  if (local.hour !== shown.hour || local.minute !== shown.minute) return undefined;
  return Math.min(...local.getPossibleOffsets().map((each) => each.toMillis()));
}
