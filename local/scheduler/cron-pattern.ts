/**
 * EventBridge Scheduler's dialect of cron, written as croner's: six fields, minutes to years, of which exactly one of
 * day-of-month and day-of-week is `?`. Weekdays are 1 (SUN) to 7 (SAT) in both. Only what means the same in both is
 * taken; the rest is refused, since a schedule that runs at other times than on AWS is worse than none.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 *
 * @throws Error that says which field is wrong, or not served, and why.
 */
export function toCronerPattern(fields: string): string {
  const parts = fields.split(' ');
  if (parts.length !== 6) throw new Error(`it has ${parts.length} fields instead of six`);
  const [minutes = '', hours = '', dayOfMonth = '', months = '', dayOfWeek = '', years = ''] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error('exactly one of day-of-month and day-of-week has to be "?"');
  }
  return [
    '0',
    toList('minutes', minutes, { least: 0, most: 59 }),
    toList('hours', hours, { least: 0, most: 23 }),
    toDayOfMonth(dayOfMonth),
    toList('month', months, { least: 1, most: 12, names: monthNames }),
    toDayOfWeek(dayOfWeek),
    toList('year', years, { least: 1970, most: 2199 }),
  ].join(' ');
}

interface Range {
  readonly least: number;
  readonly most: number;
  /** Names of the values from `least` on. */
  readonly names?: readonly string[];
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const daysOfWeek: Range = { least: 1, most: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] };

/** `L`, or the weekday nearest to one day (`15W`), or days as in any field. */
function toDayOfMonth(text: string): string {
  if (text === '?') return '*';
  if (text === 'L') return text;
  const [, day] = /^(\d+)W$/u.exec(text) ?? [];
  const days: Range = { least: 1, most: 31 };
  if (day !== undefined) return `${toValue('day-of-month', day, days)}W`;
  return toList('day-of-month', text, days);
}

/** The last of a weekday in the month (`6L`), or its nth (`3#2`), or days as in any field. */
function toDayOfWeek(text: string): string {
  if (text === '?') return '*';
  const [, lastOf] = /^(\w{1,3})L$/u.exec(text) ?? [];
  if (lastOf !== undefined) return `${toValue('day-of-week', lastOf, daysOfWeek)}L`;
  const [, nthOf, nth] = /^(\w+)#([1-5])$/u.exec(text) ?? [];
  if (nthOf !== undefined && nth !== undefined) return `${toValue('day-of-week', nthOf, daysOfWeek)}#${nth}`;
  return toList('day-of-week', text, daysOfWeek);
}

/** Values, ranges and steps, separated by commas. */
function toList(field: string, text: string, range: Range): string {
  return text
    .split(',')
    .map((item) => toItem(field, item, range))
    .join(',');
}

function toItem(field: string, item: string, range: Range): string {
  const [, base = item, step] = /^([^/]*)(?:\/(\d+))?$/u.exec(item) ?? [];
  if (base === '*') return step === undefined ? '*' : stepped(field, range.least, range.most, step, range);
  const [, from = base, to] = /^(\w+)(?:-(\w+))?$/u.exec(base) ?? [];
  const first = toValue(field, from, range);
  if (step === undefined && to === undefined) return String(first);
  // AWS's `5/15` begins at 5 and goes on to the field's end.
  const last = to === undefined ? range.most : toValue(field, to, range);
  if (first > last) throw new Error(`the range ${base} of the ${field} field runs backwards`);
  return step === undefined ? `${first}-${last}` : stepped(field, first, last, step, range);
}

function stepped(field: string, first: number, last: number, step: string, { least, most }: Range): string {
  const size = Number(step);
  if (size < 1 || size > most - least + 1) throw new Error(`the step ${step} of the ${field} field is out of range`);
  return `${first}-${last}/${size}`;
}

function toValue(field: string, text: string, { least, most, names = [] }: Range): number {
  const named = names.indexOf(text);
  const value = named >= 0 ? least + named : /^\d{1,4}$/u.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`"${text}" in the ${field} field is not served`);
}
