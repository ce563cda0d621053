import { createHash } from 'node:crypto';
import type { FraudEvent } from './features/events.ts';
import type { FraudMemory, ProfileBook, ScoreOrder, TakingPart } from './ports.ts';
import type { Happening, Profile, ProfileKind } from './profile.ts';
import { newProfile, profileAfter, profileKinds } from './profile.ts';
import { daysOf, paymentEventOf, takingPartOf } from './taking-part.ts';

/** Something that happened with a payment, and who took part in it. */
export interface Remembered {
  /** Names it for ever: the payment's id, and what happened. */
  readonly id: string;
  readonly takingPart: TakingPart;
  readonly event: FraudEvent;
}

/** A payment, as profiles are told of it. */
export function rememberedPayment(order: ScoreOrder, createdAt: Date): Remembered {
  const takingPart = takingPartOf(order);
  return { id: order.paymentId, takingPart, event: paymentEventOf(order, takingPart, daysOf(createdAt)) };
}

interface RememberDependencies {
  readonly book: ProfileBook;
  readonly backOff: (attempt: number) => Promise<void>;
}

/** Counts that an issuer declined a payment, for its card and device, and tells the profiles of it. May run any number of times. */
export async function rememberDecline(
  { memory, ...profiles }: RememberDependencies & { readonly memory: Pick<FraudMemory, 'countDecline'> },
  order: ScoreOrder,
  declinedAt: Date,
): Promise<void> {
  const takingPart = takingPartOf(order);
  const at = daysOf(declinedAt);
  await memory.countDecline(order.paymentId, takingPart, at);
  await rememberAll(profiles, [{ id: `${order.paymentId} declined`, takingPart, event: { kind: 'decline', at } }]);
}

/** Whose profiles an event changes: a write that changes nothing would cost as much. */
const concerns: Readonly<Record<FraudEvent['kind'], readonly ProfileKind[]>> = {
  payment: profileKinds,
  decline: ['buyer', 'address'],
  fraud_known: ['card', 'seller'],
};
/** Others may tell the same profile of something at the same time. */
const tries = 10;
/** A batch changes hundreds of profiles: written all at once, the last would wait longer than a write may take. */
const mostAtOnce = 32;

/**
 * Tells the profiles of all who took part.
 *
 * Primary course:
 * 1. What happened is put together by profile, so that one that much happens to is written once, not each time.
 * 2. All profiles are read, changed and written, each on the condition that nobody else wrote it since.
 *
 * May run any number of times with the same: a profile knows what it was told of lately.
 */
export async function rememberAll({ book, backOff }: RememberDependencies, all: readonly Remembered[]): Promise<void> {
  let waiting = happeningsByProfile(all);
  for (let attempt = 0; waiting.length > 0; attempt += 1) {
    if (attempt === tries) throw new Error(`${waiting.length} profiles were changed by others each time`);
    if (attempt > 0) await backOff(attempt);
    const stored = await book.read(waiting.map(({ kind, id }) => ({ kind, id })));
    const again: Telling[] = [];
    for (let from = 0; from < waiting.length; from += mostAtOnce) {
      const group = waiting.slice(from, from + mostAtOnce);
      const written = await Promise.all(group.map((telling) => tell(book, telling, stored)));
      again.push(...group.filter((_, index) => written[index] === 'changed'));
    }
    waiting = again;
  }
}

interface Telling {
  readonly kind: ProfileKind;
  readonly id: string;
  readonly happenings: readonly Happening[];
}

async function tell(
  book: ProfileBook,
  { kind, id, happenings }: Telling,
  stored: readonly Profile[],
): Promise<'written' | 'changed'> {
  const earliest = Math.min(...happenings.map(({ event }) => event.at));
  const profile = stored.find((each) => each.kind === kind && each.id === id) ?? newProfile(kind, id, earliest);
  const next = profileAfter(profile, happenings);
  return next === profile ? 'written' : book.write(next);
}

function happeningsByProfile(all: readonly Remembered[]): readonly Telling[] {
  return profileKinds.flatMap((kind) => {
    const concerning = all.filter(({ event }) => concerns[event.kind].includes(kind));
    const tellings = Map.groupBy(concerning, ({ takingPart }) => takingPart[kind]);
    tellings.delete('');
    return [...tellings].map(([id, remembered]) => ({
      kind,
      id,
      happenings: remembered.map((each) => ({ mark: markOf(each.id), event: each.event })),
    }));
  });
}

/** 32 bits: of the hundred that a profile remembers, two are the same once in a million. */
function markOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE();
}
