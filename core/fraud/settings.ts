import * as z from 'zod';
import { defaultCosts } from './decide.ts';
import { reviewVerdicts } from './reviews/review.ts';
import { defaultLimits } from './rules.ts';

const count = z.int().min(1).max(1_000_000);
const money = z.number().min(0).max(1_000_000);

/** What operators set: the rules' limits, what decisions cost, and what becomes of a review that nobody decided. */
export const fraudSettings = z.strictObject({
  limits: z.strictObject({
    cardAttempts: count,
    cardDeclines: count,
    addressAttempts: count,
    deviceAttempts: count,
    amountEuros: z.int().min(1).max(1_000_000_000),
  }),
  costs: z.strictObject({
    chargebackFeeEuros: money,
    marginBasisPoints: z.int().min(0).max(10_000),
    goodwillEuros: money,
    reviewEuros: money,
    reviewCatches: z.number().min(0).max(1),
    reviewsPerDay: z.int().min(0).max(1_000_000),
  }),
  reviewDefault: z.enum(reviewVerdicts),
});
export type FraudSettings = z.infer<typeof fraudSettings>;

/** What holds until operators say otherwise. What is in doubt after a day is rather not taken: goods that are gone do not come back. */
export const defaultSettings: FraudSettings = {
  limits: { ...defaultLimits },
  costs: { ...defaultCosts },
  reviewDefault: 'decline',
};

/** Settings as they are kept. */
export interface KeptSettings {
  readonly settings: FraudSettings;
  /** 0 where nobody has set any. */
  readonly version: number;
  readonly updatedAt?: string;
  readonly updatedBy?: string;
}
