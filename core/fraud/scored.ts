import type { FraudAssessment } from './assessment.ts';
import type { KeptFeatures } from './features/kept-features.ts';

/** What scoring says of a payment, and what it went by. */
export interface Scored {
  readonly assessment: FraudAssessment;
  /** Absent where what is remembered came too late for the model. */
  readonly features?: KeptFeatures;
}
