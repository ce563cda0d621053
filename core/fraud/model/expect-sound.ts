import type { FraudModel } from './fraud-model.ts';

/** A file that is whole, and whose numbers would still make nonsense of payments. */
export class ModelNotSound extends Error {
  override readonly name = 'ModelNotSound';
}

/** Of all places of all trees together; our own have some hundreds, and far beyond a million sums are no numbers any more. */
const mostLogOdds = 1e6;

/**
 * Throws ModelNotSound when a score of the model would not be a number, or it asks for a feature that there is not: such a model would
 * approve everything.
 */
export function expectSound({ forest, calibration }: FraudModel, featureCount: number): void {
  const { features, thresholds, values, base } = forest;
  const numbers = [base, calibration.slope, calibration.shift];
  if (!numbers.every(Number.isFinite) || !values.every(Number.isFinite) || thresholds.some(Number.isNaN)) {
    throw new ModelNotSound('The model has numbers that are none');
  }
  const most = values.reduce((sum, value) => sum + Math.abs(value), Math.abs(base));
  if (most > mostLogOdds) throw new ModelNotSound('The model adds up to more log odds than any payment has');
  const beyond = features.find((feature) => feature >= featureCount);
  if (beyond !== undefined) throw new ModelNotSound(`The model asks for feature ${beyond} of ${featureCount}`);
  if (calibration.slope <= 0) throw new ModelNotSound('The model is turned round: its calibration falls');
}
