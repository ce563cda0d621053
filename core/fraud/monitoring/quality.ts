import type { Decision } from '../decide.ts';

/** A payment long enough ago that who had to complain has. */
export interface MaturePayment {
  readonly score: number;
  readonly decision: Decision;
  readonly isFraud: boolean;
}

/** How well frauds were told. What cannot be said, for there were none, is absent. */
export interface Quality {
  readonly payments: number;
  readonly frauds: number;
  /** Of those that were doubted the share that was fraud. */
  readonly precision?: number;
  /** Of the frauds the share that was doubted. */
  readonly recall?: number;
  /** How many frauds the scores expected; beside `frauds` it tells how well they are calibrated. */
  readonly expectedFrauds: number;
}

/** In: payments that were taken, doubted ones among them; of those that were refused nobody knows. */
export function qualityOf(payments: readonly MaturePayment[]): Quality {
  const frauds = payments.filter(({ isFraud }) => isFraud);
  const doubted = payments.filter(({ decision }) => decision !== 'approve');
  const found = doubted.filter(({ isFraud }) => isFraud).length;
  return {
    payments: payments.length,
    frauds: frauds.length,
    ...(doubted.length > 0 && { precision: found / doubted.length }),
    ...(frauds.length > 0 && { recall: found / frauds.length }),
    expectedFrauds: payments.reduce((sum, { score }) => sum + score, 0),
  };
}

/** From so many on frauds tell more than chance. */
const leastFrauds = 20;

/** Whether the scores expect less than a third, or more than three times, of the frauds that there were. */
export function isMiscalibrated({ frauds, expectedFrauds }: Quality): boolean {
  if (Math.max(frauds, expectedFrauds) < leastFrauds) return false;
  return expectedFrauds > 3 * frauds || frauds > 3 * expectedFrauds;
}
