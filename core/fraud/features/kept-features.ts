/** What the model went by when it scored a payment, kept for training: 32-bit floats, four bytes a feature, in the order of `featureNames`. */
export interface KeptFeatures {
  /** Which features they are (`featureSchemaHash`): those of another schema say nothing to this one's models. */
  readonly schema: string;
  readonly values: Uint8Array;
}

const bytesPerValue = 4;

/** A vector as it is kept. Seven digits are more than a tree's thresholds ask of it. */
export function keepFeatures(schema: string, vector: readonly number[]): KeptFeatures {
  const values = new Uint8Array(vector.length * bytesPerValue);
  const view = new DataView(values.buffer);
  for (const [index, value] of vector.entries()) view.setFloat32(index * bytesPerValue, value);
  return { schema, values };
}

/** The vector that was kept, to 32-bit floats. Throws RangeError when the bytes are not those of whole floats. */
export function vectorOf({ values }: KeptFeatures): readonly number[] {
  if (values.length % bytesPerValue !== 0) throw new RangeError(`${values.length} bytes are no 32-bit floats`);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  return Array.from({ length: values.length / bytesPerValue }, (_, index) => view.getFloat32(index * bytesPerValue));
}
