const dayMilliseconds = 86_400_000;

/** The day, UTC, that a time is in. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** A day so many days later, or earlier for a number below zero. Calendar days: acquirers settle on all of them. */
export function addDays(day: string, days: number): string {
  return dayOf(new Date(startOf(day).getTime() + days * dayMilliseconds));
}

/** The moment in which a day begins. */
export function startOf(day: string): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

/** The days from one to another, both included; none when the first is later. */
export function daysBetween(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}
