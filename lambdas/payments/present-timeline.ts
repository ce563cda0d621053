import type * as z from 'zod';
import type { timelineEntry } from '../../contracts/payments.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import type { Timeline } from '../../core/payments/read-payments.ts';

type Entry = z.infer<typeof timelineEntry>;

/** The opening, each transition with its attempt before it, and the runs, in the order of time. */
export function presentTimeline({ payment, transitions, runs }: Timeline): Entry[] {
  const opened: Entry = {
    kind: 'transition',
    at: payment.createdAt,
    version: 1,
    from: null,
    to: 'processing',
    cause: 'created',
    event: 'payment.created',
  };
  const entries: Entry[] = [
    opened,
    ...transitions.flatMap(toEntries),
    ...runs.map(({ startedAt, ...run }): Entry => ({ kind: 'run', at: startedAt, ...run })),
  ];
  // Sorting is stable: an attempt stays before the transition of the same moment.
  return entries.toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
}

function toEntries({ attempt, occurredAt, version, from, to, cause, event }: StoredTransition): Entry[] {
  const transition: Entry = { kind: 'transition', at: occurredAt, version, from, to, cause, event };
  // What scoring refused never reached the acquirer, and what the acquirer told was no attempt of ours.
  const isNoAttempt = ['blocked', 'notSent', 'notified'].includes(attempt.outcome);
  if (isNoAttempt) return [transition];
  const { reference, outcome, code } = attempt;
  return [
    {
      kind: 'attempt',
      at: occurredAt,
      reference,
      operation: operationOf(attempt),
      outcome,
      ...(code === undefined ? {} : { code }),
    },
    transition,
  ];
}

/** What was asked of the acquirer. */
function operationOf({ operation, outcome }: StoredTransition['attempt']): string {
  return outcome === 'cancelled' || outcome === 'reversalConfirmed' ? 'cancellation' : operation;
}
