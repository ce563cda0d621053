import type { Context } from 'aws-lambda';
import type { Swept } from '../../core/events/sweep-events.ts';
import { log } from './log.ts';

/** Left for the last batch to finish before the function's own time is over. */
const reserveMilliseconds = 10_000;
/** An outage fails in thousands of places for one reason. */
const mostTold = 10;

export function isTimeLeft(context: Context): () => boolean {
  return () => context.getRemainingTimeInMillis() > reserveMilliseconds;
}

/** Tells how a sweep went. Word of what failed stays in the queue and comes back; failing rings the alarm. */
export function endSweep({ published, failed }: Swept): { readonly published: number } {
  if (published > 0) log.info('events published again', { published });
  for (const { from, to, error } of failed.slice(0, mostTold)) log.error('events not published', { from, to, error });
  if (failed.length > 0) throw new EventsNotPublished(`${failed.length} stretches of time`);
  return { published };
}

class EventsNotPublished extends Error {
  override readonly name = 'EventsNotPublished';
}
