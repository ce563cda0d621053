import { DateTime } from 'luxon';
import { openDataFolder } from '../../local/cloud/data-folder.ts';
import { createClock } from '../../local/kernel/clock.ts';

/** Lets the clock of a data folder, which nobody runs, show this time: days pass without a run of every schedule. */
export async function moveClockWhileOff(dataDir: string, time: Date): Promise<void> {
  const folder = openDataFolder(dataDir);
  const clock = createClock({ store: folder.store });
  await clock.advance(time.getTime() - clock.now(), () => Promise.resolve());
  clock.close();
  folder.close();
}

/** A time shortly before the next midnight, UTC: some minutes are left of the day. */
export function beforeMidnight(now: Date, minutes: number): Date {
  const midnight = Math.ceil(now.getTime() / 86_400_000) * 86_400_000;
  const before = midnight - minutes * 60_000;
  return new Date(before > now.getTime() ? before : before + 86_400_000);
}

/** The next 16:30 in Frankfurt, Monday to Friday, at which rates are refreshed; some minutes ahead at least. */
export function nextRefresh(now: Date): Date {
  const start = DateTime.fromJSDate(now, { zone: 'Europe/Berlin' });
  let due = start.set({ hour: 16, minute: 30, second: 0, millisecond: 0 });
  while (due < start.plus({ minutes: 5 }) || due.weekday > 5) due = due.plus({ days: 1 });
  return due.toJSDate();
}
