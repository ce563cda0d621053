import type { FraudAssessment } from './assessment.ts';
import type { Decision } from './decide.ts';
import type { KeptFeatures } from './features/kept-features.ts';

/** What scoring says of a payment, and what it went by. */
export interface Scored {
  readonly assessment: FraudAssessment;
  /** Absent where what is remembered came too late for the model. */
  readonly features?: KeptFeatures;
  /** Absent where no model was asked. */
  readonly models?: AskedModels;
}

/** Which models scored a payment: the champion's word is in the assessment, the challenger's is only written down. */
export interface AskedModels {
  readonly champion: string;
  readonly challenger?: { readonly model: string; readonly score: number; readonly decision: Decision };
}
