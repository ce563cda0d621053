import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import type { BurstDay } from '../../core/fraud/features/bursts.ts';
import { burstContributions, burstScale, mostNoted, newDay } from '../../core/fraud/features/bursts.ts';
import { addTo } from '../../core/fraud/features/decayed-sums.ts';
import type { FraudMemory, Recalled, TakingPart } from '../../core/fraud/ports.ts';
import type { Profile } from '../../core/fraud/profile.ts';
import { listEntryIds } from '../../core/fraud/list-entry.ts';
import { batchGetFrom } from './batch-get.ts';
import type { BurstKind } from './burst-item.ts';
import { burstKey, isBurstItem, sumNames, toBurstDay } from './burst-item.ts';
import { isSettingsItem, settingsKey, toKeptSettings } from './fraud-settings-item.ts';
import { isListEntryItem, listEntryKey, toListEntry } from './list-entry-item.ts';
import { isRolesItem, rolesKey, toReadableRoles } from './model-item.ts';
import { isProfileItem, profileKey, toProfile } from './profile-item.ts';
import { reviewsOfDayKey } from './review-item.ts';

/** A day's item is read until the end of the next one. */
const keptSeconds = 3 * 86_400;

/**
 * Of 38 digits that a number may have, so many stand behind the point: a day may count up to a million payments, and what its first
 * adds, 2^-72 of one, keeps ten digits.
 */
const decimals = 32;

interface Counting {
  readonly kind: BurstKind;
  readonly id: string;
  /** Who else takes part; empty where that is not known or not noted. */
  readonly other: string;
  readonly happening: keyof typeof burstContributions;
}

interface Tables {
  readonly fraudTableName: string;
  readonly reviewsTableName: string;
}

/** What is remembered of payments in the fraud table (docs/architecture.md, "Tables"), and what operators say there. */
export function dynamoFraudMemory(client: DynamoDBClient, tables: Tables): FraudMemory {
  return {
    ...dynamoBurstCounter(client, tables.fraudTableName),
    recall: (takingPart, at) => recall(client, tables, takingPart, at),
  };
}

/** What counts payments and declines by days. */
export function dynamoBurstCounter(
  client: DynamoDBClient,
  tableName: string,
): Pick<FraudMemory, 'count' | 'countDecline'> {
  return {
    count: async (paymentId, { card, device }, at) => {
      const count = (kind: BurstKind, id: string, other: string) =>
        id === ''
          ? newDay(at)
          : countBurst(client, tableName, paymentId, at, { kind, id, other, happening: 'payment' });
      const [ofCard, ofDevice] = await Promise.all([count('card', card, device), count('device', device, card)]);
      return { card: ofCard, device: ofDevice };
    },
    countDecline: async (paymentId, { card, device }, at) => {
      const count = async (kind: BurstKind, id: string) => {
        if (id === '') return;
        await countBurst(client, tableName, paymentId, at, { kind, id, other: '', happening: 'decline' });
      };
      await Promise.all([count('card', card), count('device', device)]);
    },
  };
}

/**
 * Counts with one update, and answers what the day was before it. The item holds the ids of what it counted, so that what is told
 * twice counts once; when it holds many, it goes on counting without them.
 */
async function countBurst(
  client: DynamoDBClient,
  tableName: string,
  paymentId: string,
  at: number,
  counting: Counting,
): Promise<BurstDay> {
  const day = Math.floor(at);
  const id = shortMark(paymentId);
  const [ids, contributions] =
    counting.happening === 'payment'
      ? (['paymentIds', burstContributions.payment] as const)
      : (['declineIds', burstContributions.decline] as const);
  try {
    return toBurstDay(await add(client, tableName, at, counting, { name: ids, id }), day);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const isCounted = error.Item?.[ids]?.SS?.includes(id) === true;
    if (!isCounted) return toBurstDay(await add(client, tableName, at, counting, undefined), day);
    // As it was before it counted this one, some moments ago.
    const counted = toBurstDay(error.Item, day);
    const taken = contributions.map((value) => -value);
    return {
      ...counted,
      sums: addTo(counted.sums, burstScale, at, taken),
      payments: counted.payments - (counting.happening === 'payment' ? 1 : 0),
    };
  }
}

/** A payment's id in 8 characters, 48 bits: of the hundred that an item holds, no two are the same. */
export function shortMark(paymentId: string): string {
  return createHash('sha256').update(paymentId).digest('base64url').slice(0, 8);
}

/** Answers the item as it was before, which is none at first. */
async function add(
  client: DynamoDBClient,
  tableName: string,
  at: number,
  { kind, id, other, happening }: Counting,
  noted: { readonly name: 'paymentIds' | 'declineIds'; readonly id: string } | undefined,
): Promise<Record<string, AttributeValue> | undefined> {
  const day = Math.floor(at);
  const { sums } = addTo(newDay(at).sums, burstScale, at, burstContributions[happening]);
  const adding = sums.flatMap((sum, index) => (sum === 0 ? [] : [{ name: sumNames[index] ?? '', sum }]));
  const isPayment = happening === 'payment';
  const notesOther = noted !== undefined && other !== '';
  const { Attributes: before } = await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: burstKey(kind, id, day),
      UpdateExpression:
        `ADD ${adding.map(({ name }) => `${name} :${name}`).join(', ')}` +
        (isPayment ? ', payments :one' : '') +
        (noted ? ', #ids :ids' : '') +
        (notesOther ? ', companions :companions' : '') +
        ' SET expiresAt = :expiresAt',
      ...(noted && {
        ConditionExpression: 'attribute_not_exists(#ids) OR (NOT contains(#ids, :id) AND size(#ids) < :most)',
        ExpressionAttributeNames: { '#ids': noted.name },
      }),
      ExpressionAttributeValues: {
        ...Object.fromEntries(adding.map(({ name, sum }) => [`:${name}`, { N: sum.toFixed(decimals) }])),
        ...(isPayment && { ':one': { N: '1' } }),
        ...(noted && { ':ids': { SS: [noted.id] }, ':id': { S: noted.id }, ':most': { N: String(mostNoted) } }),
        ...(notesOther && { ':companions': { SS: [other] } }),
        ':expiresAt': { N: String(day * 86_400 + keptSeconds) },
      },
      ReturnValues: 'ALL_OLD',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
  return before;
}

/** One request for all: the profiles, the day before of what is counted by days, operators' settings, lists and models, and today's reviews. */
async function recall(
  client: DynamoDBClient,
  { fraudTableName, reviewsTableName }: Tables,
  takingPart: TakingPart,
  at: number,
): Promise<Recalled> {
  const { card, device, seller, buyer, address } = takingPart;
  const today = Math.floor(at);
  const keys = [
    ...(card === '' ? [] : [profileKey('card', card), burstKey('card', card, today - 1)]),
    ...(device === '' ? [] : [burstKey('device', device, today - 1)]),
    ...(buyer === '' ? [] : [profileKey('buyer', buyer)]),
    ...(address === '' ? [] : [profileKey('address', address)]),
    profileKey('seller', seller),
    ...listEntryIds(takingPart).map(listEntryKey),
    settingsKey,
    rolesKey,
  ];
  const found = await batchGetFrom(client, { [fraudTableName]: keys, [reviewsTableName]: [reviewsOfDayKey(today)] });
  const [ofDay] = found.get(reviewsTableName) ?? [];
  return { ...recalled(found.get(fraudTableName) ?? [], today - 1), reviewsToday: Number(ofDay?.['reviews']?.N ?? 0) };
}

function recalled(items: readonly Record<string, AttributeValue>[], dayBefore: number): Recalled {
  const bursts = items.filter((item) => isBurstItem(item));
  const settings = items.find(isSettingsItem);
  const listed = items.filter(isListEntryItem);
  const roles = items.find(isRolesItem);
  const profiles = items.filter(isProfileItem);
  const before = (kind: BurstKind) => bursts.find((item) => isBurstItem(item, kind));
  const [cardBefore, deviceBefore] = [before('card'), before('device')];
  return {
    ...profilesIn(profiles.map(toProfile)),
    ...(cardBefore && { cardBefore: toBurstDay(cardBefore, dayBefore) }),
    ...(deviceBefore && { deviceBefore: toBurstDay(deviceBefore, dayBefore) }),
    ...(settings && { settings: toKeptSettings(settings).settings }),
    ...(roles && { roles: toReadableRoles(roles) }),
    ...(listed.length > 0 && { listed: listed.map(toListEntry) }),
  };
}

function profilesIn(profiles: readonly Profile[]): Recalled {
  return profiles.reduce((recalled: Recalled, profile) => {
    switch (profile.kind) {
      case 'card':
        return { ...recalled, card: profile.value };
      case 'seller':
        return { ...recalled, seller: profile.value };
      case 'buyer':
        return { ...recalled, buyer: profile.value };
      case 'address':
        return { ...recalled, address: profile.value };
    }
  }, {});
}
