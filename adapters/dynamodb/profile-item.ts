import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { DecayedSums } from '../../core/fraud/features/decayed-sums.ts';
import type { Seen } from '../../core/fraud/features/recently-seen.ts';
import { profileKinds } from '../../core/fraud/profile.ts';
import type { Profile, ProfileKind } from '../../core/fraud/profile.ts';

/** The key of somebody's profile. */
export function profileKey(kind: ProfileKind, id: string): Record<string, AttributeValue> {
  return { pk: { S: `${kind}#${id}` } };
}

/** What nobody has touched for so long says nothing any more. */
const keptSeconds = 180 * 86_400;
const millisecondsPerDay = 86_400_000;
const secondsPerDay = 86_400;

/** Times are whole milliseconds there, which features count as fractions of days: neither loses anything. */
const time = z.int().transform((milliseconds) => milliseconds / millisecondsPerDay);
const toTime = (at: number) => Math.round(at * millisecondsPerDay);
/** What never happened is not there. */
const timeOrNever = time.default(Number.NEGATIVE_INFINITY);
const toTimeOrNone = (at: number) => (Number.isFinite(at) ? toTime(at) : undefined);

/** Sums are 64-bit floats as they are: exact, and eight bytes each. */
const doubles = z
  .instanceof(Uint8Array)
  .transform((bytes) => Array.from({ length: bytes.length / 8 }, (_, index) => viewOf(bytes).getFloat64(index * 8)));
const marks = z
  .instanceof(Uint8Array)
  .transform((bytes) => Array.from({ length: bytes.length / 4 }, (_, index) => viewOf(bytes).getUint32(index * 4)));
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function toDoubles(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  for (const [index, value] of values.entries()) viewOf(bytes).setFloat64(index * 8, value);
  return bytes;
}

function toMarks(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  for (const [index, value] of values.entries()) viewOf(bytes).setUint32(index * 4, value);
  return bytes;
}

const seen = z.tuple([z.string(), time, time]).transform(([id, firstAt, lastAt]): Seen => ({ id, firstAt, lastAt }));
const toSeen = ({ id, firstAt, lastAt }: Seen) => [id, toTime(firstAt), toTime(lastAt)];

const told = { version: z.int(), recent: marks, epoch: z.int(), sums: doubles };
const cardItem = z.object({ ...told, lastAt: timeOrNever, devices: z.array(seen) });
const sellerItem = z.object({
  ...told,
  ...{ firstFraudAt: timeOrNever, lastFraudAt: timeOrNever, genuineSince: z.int() },
  young: z.array(z.tuple([z.int(), z.int()]).transform(([day, payments]) => ({ day, payments }))),
});
const sourceItem = z.object({ ...told, firstAt: time, cards: z.array(seen) });

/** A profile as DynamoDB keeps it, below a kilobyte. */
export function toProfileItem(profile: Profile): Record<string, AttributeValue> {
  const { version, recent } = profile;
  const { sums } = profile.value;
  return {
    ...marshall(
      {
        ...{ version, recent: toMarks(recent), epoch: sums.epoch, sums: toDoubles(sums.sums) },
        ...fieldsOf(profile),
        expiresAt: Math.floor(lastTouched(profile) * secondsPerDay) + keptSeconds,
      },
      { removeUndefinedValues: true },
    ),
    ...profileKey(profile.kind, profile.id),
  };
}

function fieldsOf(profile: Profile): object {
  switch (profile.kind) {
    case 'card': {
      const { lastAt, devices } = profile.value;
      return { lastAt: toTimeOrNone(lastAt), devices: devices.map(toSeen) };
    }
    case 'seller': {
      const { firstFraudAt, lastFraudAt, genuineSince, young } = profile.value;
      return {
        ...{ firstFraudAt: toTimeOrNone(firstFraudAt), lastFraudAt: toTimeOrNone(lastFraudAt), genuineSince },
        young: young.map(({ day, payments }) => [day, payments]),
      };
    }
    case 'buyer':
    case 'address': {
      const { firstAt, cards } = profile.value;
      return { firstAt: toTime(firstAt), cards: cards.map(toSeen) };
    }
  }
}

/** Roughly: the end of the epoch of its sums. */
function lastTouched({ kind, value }: Profile): number {
  const daysPerEpoch = kind === 'card' || kind === 'seller' ? 100 : 1;
  return (value.sums.epoch + 1) * daysPerEpoch;
}

const kinds: ReadonlySet<string | undefined> = new Set(profileKinds);

export function isProfileItem(item: Record<string, AttributeValue>): boolean {
  return kinds.has(item['pk']?.S?.split('#')[0]);
}

/** Throws when the item is no profile as this release writes it. */
export function toProfile(item: Record<string, AttributeValue>): Profile {
  const [kind, id = ''] = (item['pk']?.S ?? '').split('#');
  const fields = unmarshall(item);
  switch (kind) {
    case 'card': {
      const { version, recent, epoch, sums, ...rest } = cardItem.parse(fields);
      return { kind, id, version, recent, value: { ...rest, sums: sumsOf(epoch, sums) } };
    }
    case 'seller': {
      const { version, recent, epoch, sums, ...rest } = sellerItem.parse(fields);
      return { kind, id, version, recent, value: { ...rest, sums: sumsOf(epoch, sums) } };
    }
    case 'buyer':
    case 'address': {
      const { version, recent, epoch, sums, ...rest } = sourceItem.parse(fields);
      return { kind, id, version, recent, value: { ...rest, sums: sumsOf(epoch, sums) } };
    }
    default:
      throw new Error(`There are no profiles of ${kind ?? 'nobody'}`);
  }
}

function sumsOf(epoch: number, sums: readonly number[]): DecayedSums {
  return { epoch, sums };
}
