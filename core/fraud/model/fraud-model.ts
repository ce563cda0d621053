import * as z from 'zod';
import { base64Bytes, toBase64 } from '../../base64.ts';
import type { Forest } from './forest.ts';
import { placesOf } from './forest.ts';

/** A forest, and what makes its log odds probabilities of the payments that it will see. */
export interface FraudModel {
  /** The features that it was trained on (see features.ts). */
  readonly schemaHash: string;
  readonly forest: Forest;
  /** Platt scaling: the probability is the logistic function of `slope * margin + shift`. */
  readonly calibration: { readonly slope: number; readonly shift: number };
}

/** A model for other features than these: its numbers would mean nothing. */
export class ModelDoesNotFit extends Error {
  override readonly name = 'ModelDoesNotFit';
}

/** The probability of fraud, 0 to 1, that log odds of the model's forest stand for. */
export function probabilityOf({ calibration }: FraudModel, margin: number): number {
  return 1 / (1 + Math.exp(-(calibration.slope * margin + calibration.shift)));
}

const finite = z.number();

/** Of the trees' numbers the bytes, little-endian: exact to the last bit, and a third of the digits. */
const modelFile = z.strictObject({
  format: z.literal(1),
  schemaHash: z.string(),
  depth: z.int().min(1).max(12),
  treeCount: z.int().min(0).max(10_000),
  base: finite,
  calibration: z.strictObject({ slope: finite, shift: finite }),
  features: base64Bytes,
  thresholds: base64Bytes,
  values: base64Bytes,
});

/** The text of a model's file. */
export function toModelFile({ schemaHash, forest, calibration }: FraudModel): string {
  const { depth, treeCount, base, features, thresholds, values } = forest;
  return JSON.stringify({
    ...{ format: 1, schemaHash, depth, treeCount, base, calibration },
    features: toBase64(features),
    thresholds: toBase64(thresholds),
    values: toBase64(values),
  });
}

/**
 * Reads a model's file. Throws ModelDoesNotFit when it was trained on other features than those of `schemaHash`, and an
 * error that says what is wrong with a file that is none.
 */
export function parseModelFile(text: string, schemaHash: string): FraudModel {
  return parseModel(JSON.parse(text), schemaHash);
}

/** As `parseModelFile`, of what the file's JSON says. */
export function parseModel(value: unknown, schemaHash: string): FraudModel {
  const file = modelFile.parse(value);
  if (file.schemaHash !== schemaHash) {
    throw new ModelDoesNotFit(`The model is for the features ${file.schemaHash}, these are ${schemaHash}`);
  }
  const { depth, treeCount, base, calibration } = file;
  const places = treeCount * placesOf(depth);
  const features = new Int16Array(copyOf(file.features, places * Int16Array.BYTES_PER_ELEMENT, 'features'));
  const thresholds = new Float64Array(copyOf(file.thresholds, places * Float64Array.BYTES_PER_ELEMENT, 'thresholds'));
  const values = new Float64Array(copyOf(file.values, places * Float64Array.BYTES_PER_ELEMENT, 'values'));
  const forest = { depth, treeCount, base, features, thresholds, values };
  expectToEnd(forest);
  return { schemaHash, forest, calibration };
}

/** The bytes in a buffer of their own, as typed arrays want them aligned. */
function copyOf(buffer: Buffer, length: number, name: string): ArrayBuffer {
  if (buffer.length !== length) throw new Error(`The model has ${buffer.length} bytes of ${name} instead of ${length}`);
  const copy = new ArrayBuffer(length);
  new Uint8Array(copy).set(buffer);
  return copy;
}

/** A walk that leaves its tree would go on in the next one, or for ever. */
function expectToEnd({ depth, treeCount, features }: Forest): void {
  const places = placesOf(depth);
  const inner = placesOf(depth - 1);
  for (let tree = 0; tree < treeCount; tree += 1) {
    for (let place = inner; place < places; place += 1) {
      if ((features[tree * places + place] ?? -1) >= 0)
        throw new Error(`Tree ${tree} of the model splits below its depth`);
    }
  }
}
