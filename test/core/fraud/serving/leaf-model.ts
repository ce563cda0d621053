import { featureSchemaHash } from '../../../../core/fraud/features/features.ts';
import type { FraudModel } from '../../../../core/fraud/model/fraud-model.ts';

/** A model of one tree that splits by the first feature at 0, and is worth `margin` wherever a payment ends. */
export function leafModel(margin: number, changes: Partial<FraudModel['forest']> = {}): FraudModel {
  return {
    schemaHash: featureSchemaHash,
    forest: {
      ...{ depth: 1, treeCount: 1, base: margin },
      features: Int16Array.from([0, -1, -1]),
      thresholds: Float64Array.from([0, 0, 0]),
      values: Float64Array.from([0, 0, 0]),
      ...changes,
    },
    calibration: { slope: 1, shift: 0 },
  };
}
