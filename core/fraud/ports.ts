import type { BurstDay } from './features/bursts.ts';
import type { CardProfile } from './features/card-profile.ts';
import type { SellerProfile } from './features/seller-profile.ts';
import type { SourceProfile } from './features/source-profile.ts';
import type { Label } from './label.ts';
import type { ListEntry } from './list-entry.ts';
import type { Profile } from './profile.ts';
import type { ModelRoles } from './serving/model-roles.ts';
import type { FraudSettings, KeptSettings } from './settings.ts';

/** A payment that is to be scored: what is known of it, and who takes part. */
export interface ScoreOrder {
  readonly paymentId: string;
  /** Absent where no card pays. */
  readonly fingerprint?: string | undefined;
  readonly sellerId: string;
  readonly buyerId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly giftCards?: readonly object[] | undefined;
  readonly ip: string;
  readonly deviceId: string;
  readonly billingCountry: string;
  readonly shippingCountry: string;
}

/** Who takes part in a payment, by ids that tell nothing; empty where one is not known. */
export interface TakingPart {
  readonly card: string;
  readonly device: string;
  readonly seller: string;
  readonly buyer: string;
  readonly address: string;
}

/** What is remembered of a payment's card and device of this day, from before it. */
export interface Counted {
  readonly card: BurstDay;
  readonly device: BurstDay;
}

/** What is remembered of those who take part, as far as they are known. */
export interface Recalled {
  readonly card?: CardProfile;
  readonly seller?: SellerProfile;
  readonly buyer?: SourceProfile;
  readonly address?: SourceProfile;
  /** Of the day before. */
  readonly cardBefore?: BurstDay;
  readonly deviceBefore?: BurstDay;
  /** What operators have set, and whom they have listed. */
  readonly settings?: FraudSettings;
  readonly roles?: ModelRoles;
  readonly listed?: readonly ListEntry[];
  /** How many reviews were opened today. */
  readonly reviewsToday?: number;
}

/** What is remembered of payments. */
export interface FraudMemory {
  /**
   * Counts a payment among this day's of its card and its device, and answers what they were before. The same payment counts once.
   * In: its time, in days since the Unix epoch.
   */
  count(paymentId: string, takingPart: TakingPart, at: number): Promise<Counted>;
  /** Counts a decline by the issuer; the same payment's counts once. */
  countDecline(paymentId: string, takingPart: TakingPart, at: number): Promise<void>;
  /** Reads the profiles of all who take part, and what operators say, in one request. */
  recall(takingPart: TakingPart, at: number): Promise<Recalled>;
}

/** Where operators' settings are kept. */
export interface FraudSettingsBook {
  /** As they are now, strongly consistent; the defaults where nobody has set any. */
  read(): Promise<KeptSettings>;
  /** Writes a version on the condition that the one before it still stands. */
  write(kept: KeptSettings): Promise<'written' | 'changed'>;
}

/** Whom operators have blocked or allowed. */
export interface ListBook {
  find(entryId: string): Promise<ListEntry | undefined>;
  /** Writes a version on the condition that the one before it still stands. */
  write(entry: ListEntry): Promise<'written' | 'changed'>;
  /** Takes an entry away, if it is there. */
  remove(entryId: string): Promise<void>;
  /** A page, the newest first. */
  list(limit: number, after: ListPosition | undefined): Promise<ListPage>;
}

export interface ListPosition {
  readonly id: string;
  readonly createdAt: string;
}

export interface ListPage {
  readonly entries: readonly ListEntry[];
  readonly next: ListPosition | undefined;
}

/** What became known of payments. */
export interface LabelBook {
  /** Keeps a label, unless a later one of the same payment and source is there. */
  write(label: Label): Promise<void>;
}

/** Where profiles are kept. */
export interface ProfileBook {
  /** Those of them that there are. */
  read(profiles: readonly Pick<Profile, 'kind' | 'id'>[]): Promise<readonly Profile[]>;
  /** Writes a version on the condition that the one before it still stands. */
  write(profile: Profile): Promise<'written' | 'changed'>;
}
