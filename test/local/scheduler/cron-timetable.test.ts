import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cronTimetable } from '../../../local/scheduler/cron-timetable.ts';

const at = (text: string) => Date.parse(text);
const iso = (instant: number | undefined) => instant && new Date(instant).toISOString().replace(':00.000Z', 'Z');

/** The first runs after a time. */
function runs(fields: string, timeZone: string, after: string, count: number): string[] {
  const timetable = cronTimetable(fields, timeZone);
  const found: string[] = [];
  for (let run = timetable.next(at(after)); run !== undefined && found.length < count; run = timetable.next(run)) {
    found.push(String(iso(run)));
  }
  return found;
}

describe('an expression runs when AWS says', () => {
  const after = '2026-11-25T22:00:00Z';
  test.each([
    ['working days', '30 16 ? * MON-FRI *', ['2026-11-26T16:30Z', '2026-11-27T16:30Z', '2026-11-30T16:30Z']],
    ['weekdays by number: 1 is Sunday', '0 9 ? * 1,7 *', ['2026-11-28T09:00Z', '2026-11-29T09:00Z']],
    ['every day', '0 18 * * ? *', ['2026-11-26T18:00Z', '2026-11-27T18:00Z']],
    ['the last day of the month', '0 5 L * ? *', ['2026-11-30T05:00Z', '2026-12-31T05:00Z']],
    ['the last Friday of the month', '0 5 ? * 6L *', ['2026-11-27T05:00Z', '2026-12-25T05:00Z']],
    ['the last Friday by its name', '0 5 ? * FRIL *', ['2026-11-27T05:00Z', '2026-12-25T05:00Z']],
    ['the second Tuesday', '0 5 ? * 3#2 *', ['2026-12-08T05:00Z', '2027-01-12T05:00Z']],
    ['the fifth Friday, where there is one', '0 5 ? * FRI#5 *', ['2027-01-29T05:00Z', '2027-04-30T05:00Z']],
    ['the weekday nearest to the 3rd', '0 5 3W * ? *', ['2026-12-03T05:00Z', '2027-01-04T05:00Z']],
    ['never in the month before', '0 5 1W 8 ? *', ['2027-08-02T05:00Z', '2028-08-01T05:00Z']],
    ['a step from a value goes on to the end', '5/20 3 * * ? *', ['2026-11-26T03:05Z', '2026-11-26T03:25Z']],
    ['a step over a range', '0 8-12/2 * * ? *', ['2026-11-26T08:00Z', '2026-11-26T10:00Z', '2026-11-26T12:00Z']],
    ['a step over everything', '*/30 0 1 JAN,JUL ? *', ['2027-01-01T00:00Z', '2027-01-01T00:30Z', '2027-07-01T00:00Z']],
    ['the years named', '0 0 29 2 ? 2027-2029', ['2028-02-29T00:00Z']],
    ['a year that is over: never', '0 0 1 1 ? 2020', []],
    ['a day that does not exist: never', '0 0 31 4 ? *', []],
  ])('%s', (_what, fields, expected) => {
    expect(runs(fields, 'UTC', after, Math.max(expected.length, 1))).toEqual(expected);
  });

  test('by the clock of its time zone', () => {
    expect(runs('30 16 ? * MON-FRI *', 'Europe/Berlin', '2026-10-23T00:00:00Z', 2)).toEqual([
      '2026-10-23T14:30Z',
      '2026-10-26T15:30Z',
    ]);
    expect(runs('0 9 * * ? *', 'Asia/Kathmandu', '2026-11-25T00:00:00Z', 1)).toEqual(['2026-11-25T03:15Z']);
  });
});

describe('when clocks change', () => {
  test('a time that is skipped in spring is left out', () => {
    expect(runs('30 2 * * ? *', 'Europe/Berlin', '2027-03-27T00:00:00Z', 3)).toEqual([
      '2027-03-27T01:30Z',
      '2027-03-29T00:30Z',
      '2027-03-30T00:30Z',
    ]);
  });

  test('a time that comes twice in autumn runs at its first coming alone', () => {
    expect(runs('30 2 * * ? *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
    const between = '2026-10-25T01:10:00Z';
    expect(runs('0/15 2-3 25 10 ? *', 'Europe/Berlin', between, 1)).toEqual(['2026-10-25T02:00Z']);
  });
});

describe('of runs that were missed', () => {
  test.each([
    ['the latest is found', '30 16 ? * MON-FRI *', '2026-11-20T15:30Z', '2026-11-25T15:29Z', '2026-11-24T15:30Z'],
    ['one due just now counts', '30 16 ? * MON-FRI *', '2026-11-20T15:30Z', '2026-11-25T15:30Z', '2026-11-25T15:30Z'],
    ['it may be the one waited for', '0 0 1 1 ? *', '2025-12-31T23:00Z', '2026-11-25T15:30Z', '2025-12-31T23:00Z'],
    ['one every minute', '* * * * ? *', '2026-11-20T15:30Z', '2026-11-25T15:30Z', '2026-11-25T15:30Z'],
  ])('%s', (_what, fields, dueAt, now, expected) => {
    expect(iso(cronTimetable(fields, 'Europe/Berlin').latest(at(dueAt), at(now)))).toBe(expected);
  });

  test('it is always the one that counting from run to run comes to', () => {
    const expressions = ['30 16 ? * MON-FRI *', '0/20 1-3 * * ? *', '0 2 L * ? *', '45 23 ? * SUN#1 *'];
    const since = at('2026-09-01T00:00:00Z');
    fc.assert(
      fc.property(fc.constantFrom(...expressions), fc.integer({ min: 0, max: 240 * 24 * 60 }), (fields, minutes) => {
        const timetable = cronTimetable(fields, 'Europe/Berlin');
        const dueAt = timetable.next(since) ?? 0;
        const now = dueAt + minutes * 60_000;
        let counted = dueAt;
        for (let run = timetable.next(counted); run !== undefined && run <= now; run = timetable.next(run))
          counted = run;
        expect(iso(timetable.latest(dueAt, now))).toBe(iso(counted));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a schedule that begins later', () => {
  test('may run at the very moment of its beginning', () => {
    const timetable = cronTimetable('0 12 * * ? *', 'UTC');
    const startsAt = at('2026-12-01T12:00:00Z');
    expect(timetable.first(at('2026-11-25T00:00:00Z'), startsAt)).toBe(startsAt);
    expect(iso(timetable.first(at('2026-12-05T00:00:00Z'), startsAt))).toBe('2026-12-05T12:00Z');
  });
});

describe('what does not mean the same here is refused, and the message says what', () => {
  test.each([
    ['five fields', '0 12 * * ?', 'it has 5 fields instead of six'],
    ['both days given', '0 12 1 * MON *', 'exactly one of day-of-month and day-of-week has to be "?"'],
    ['neither day given', '0 12 ? * ? *', 'exactly one of day-of-month and day-of-week has to be "?"'],
    ['a star for both days', '0 12 * * * *', 'exactly one of day-of-month and day-of-week has to be "?"'],
    ['? in another field', '? 12 * * ? *', '"?" in the minutes field'],
    ['a minute of 60', '60 12 * * ? *', '"60" in the minutes field'],
    ['weekday 0', '0 12 ? * 0 *', '"0" in the day-of-week field'],
    ['L beside a day', '0 12 1,L * ? *', '"L" in the day-of-month field'],
    ['an offset from the last day', '0 12 L-3 * ? *', '"L" in the day-of-month field'],
    ['the last weekday of the month', '0 12 LW * ? *', '"LW" in the day-of-month field'],
    ['L alone as a weekday', '0 12 ? * L *', '"L" in the day-of-week field'],
    ['a sixth Monday', '0 12 ? * MON#6 *', 'in the day-of-week field'],
    ['two nth weekdays', '0 12 ? * MON#1,MON#3 *', 'in the day-of-week field'],
    ['a range that runs backwards', '0 22-2 * * ? *', 'the range 22-2 of the hours field runs backwards'],
    ['a step of nothing', '0/0 12 * * ? *', 'the step 0 of the minutes field is out of range'],
    ['a step beyond the field', '0/90 12 * * ? *', 'the step 90 of the minutes field is out of range'],
    ['names in lower case', '0 12 ? * mon *', '"mon" in the day-of-week field'],
    ['a year before time', '0 12 * * ? 1969', '"1969" in the year field'],
    ['an empty item', '0, 12 * * ? *', '"" in the minutes field'],
  ])('%s', (_what, fields, message) => {
    expect(() => cronTimetable(fields, 'UTC')).toThrow(message);
  });

  test('a time zone that does not exist', () => {
    expect(() => cronTimetable('0 12 * * ? *', 'Europe/Atlantis')).toThrow('the time zone "Europe/Atlantis"');
  });
});
