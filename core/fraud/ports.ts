import type { BurstDay } from './features/bursts.ts';
import type { CardProfile } from './features/card-profile.ts';
import type { SellerProfile } from './features/seller-profile.ts';
import type { SourceProfile } from './features/source-profile.ts';
import type { Profile } from './profile.ts';

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
  /** Reads the profiles of all who take part, in one request. */
  recall(takingPart: TakingPart, at: number): Promise<Recalled>;
}

/** Where profiles are kept. */
export interface ProfileBook {
  /** Those of them that there are. */
  read(profiles: readonly Pick<Profile, 'kind' | 'id'>[]): Promise<readonly Profile[]>;
  /** Writes a version on the condition that the one before it still stands. */
  write(profile: Profile): Promise<'written' | 'changed'>;
}
