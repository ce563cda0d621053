import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';

export const messageAttributes = z.record(
  z.string().regex(/^[A-Za-z0-9_.-]{1,256}$/u),
  z.object({
    DataType: z.string().regex(/^(String|Number|Binary)(\..{1,256})?$/u),
    StringValue: z.string().min(1).optional(),
    /** Base64. */
    BinaryValue: z.string().min(1).optional(),
  }),
);
export type MessageAttributes = z.infer<typeof messageAttributes>;

const mostAttributes = 10;

/** @throws AwsError for more than ten attributes, or one whose value does not fit its type. */
export function checkAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > mostAttributes) {
    throw new AwsError(
      'InvalidParameterValue',
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  }
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    const value = DataType.startsWith('Binary') ? BinaryValue : StringValue;
    if (value !== undefined) continue;
    throw new AwsError(
      'InvalidParameterValue',
      `The message attribute '${name}' must contain a non-empty value of type ${DataType}.`,
    );
  }
}

/** What the attributes count towards the size of a message. */
export function attributeBytes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (total, [name, attribute]) =>
      total + Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueOf(attribute).length,
    0,
  );
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/**
 * The digest that SDK clients compare: over the attributes by name, each part with its length, and 1 for text or 2
 * for bytes before the value (the SQS developer guide, "Calculating the MD5 message digest for message attributes").
 * Undefined without attributes.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (part: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    hash.update(Buffer.from([attribute.DataType.startsWith('Binary') ? 2 : 1]));
    add(valueOf(attribute));
  }
  return hash.digest('hex');
}

/** The attributes that a receiver asked for: by name, by `prefix.*`, or by `All`. */
export function selectAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  const isWanted = (name: string): boolean =>
    wanted.some((pattern) => {
      if (pattern === 'All' || pattern === '.*') return true;
      return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
    });
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

function valueOf({ DataType, StringValue = '', BinaryValue = '' }: MessageAttributes[string]): Buffer {
  return DataType.startsWith('Binary') ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue);
}
