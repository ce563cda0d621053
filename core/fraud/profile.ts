import type { CardProfile } from './features/card-profile.ts';
import { cardAfter, newCard } from './features/card-profile.ts';
import type { FraudEvent } from './features/events.ts';
import type { SellerProfile } from './features/seller-profile.ts';
import { newSeller, sellerAfter } from './features/seller-profile.ts';
import type { SourceProfile } from './features/source-profile.ts';
import { newSource, sourceAfter } from './features/source-profile.ts';

/** What somebody usually does, as it is stored: told of each happening once. */
export type Profile =
  | ({ readonly kind: 'card'; readonly value: CardProfile } & Told)
  | ({ readonly kind: 'seller'; readonly value: SellerProfile } & Told)
  | ({ readonly kind: 'buyer' | 'address'; readonly value: SourceProfile } & Told);
export type ProfileKind = Profile['kind'];

export const profileKinds: readonly ProfileKind[] = ['card', 'seller', 'buyer', 'address'];

interface Told {
  readonly id: string;
  /** How often it was written; 0 when it is new. */
  readonly version: number;
  /** Marks of the happenings that it was told of lately, the latest last. */
  readonly recent: readonly number[];
}

/** Something that somebody's profile is to be told of: the same mark names the same happening for ever. */
export interface Happening {
  readonly mark: number;
  readonly event: FraudEvent;
}

/** So many marks are kept: more than one batch of the stream may tell again. */
const mostRecent: Readonly<Record<ProfileKind, number>> = { card: 40, buyer: 40, address: 100, seller: 120 };

/** Somebody of whom nothing is known. In: days since the Unix epoch. */
export function newProfile(kind: ProfileKind, id: string, at: number): Profile {
  const told = { id, version: 0, recent: [] };
  switch (kind) {
    case 'card':
      return { kind, ...told, value: newCard(at) };
    case 'seller':
      return { kind, ...told, value: newSeller(at) };
    case 'buyer':
    case 'address':
      return { kind, ...told, value: newSource(at) };
  }
}

/** The profile after it was told of happenings, in the order of their times; those that it knows change nothing. */
export function profileAfter(profile: Profile, happenings: readonly Happening[]): Profile {
  const known = new Set(profile.recent);
  const news = [...new Map(happenings.map((each) => [each.mark, each])).values()]
    .filter(({ mark }) => !known.has(mark))
    .toSorted((one, other) => one.event.at - other.event.at);
  if (news.length === 0) return profile;
  const changed = news.reduce((before, { event }) => afterEvent(before, event), profile);
  const recent = [...profile.recent, ...news.map(({ mark }) => mark)].slice(-mostRecent[profile.kind]);
  return { ...changed, version: profile.version + 1, recent };
}

function afterEvent(profile: Profile, event: FraudEvent): Profile {
  switch (profile.kind) {
    case 'card':
      return { ...profile, value: cardAfter(profile.value, event) };
    case 'seller':
      return { ...profile, value: sellerAfter(profile.value, event) };
    case 'buyer':
    case 'address':
      return { ...profile, value: sourceAfter(profile.value, event) };
  }
}
