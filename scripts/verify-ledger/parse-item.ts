import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

/** One member alone says of what type an attribute is. */
const attribute: z.ZodType = z.lazy(() =>
  z.union([
    z.strictObject({ S: z.string() }),
    z.strictObject({ N: z.string() }),
    z.strictObject({ B: z.base64() }),
    z.strictObject({ BOOL: z.boolean() }),
    z.strictObject({ NULL: z.boolean() }),
    z.strictObject({ M: z.record(z.string(), attribute) }),
    z.strictObject({ L: z.array(attribute) }),
    z.strictObject({ SS: z.array(z.string()) }),
    z.strictObject({ NS: z.array(z.string()) }),
    z.strictObject({ BS: z.array(z.base64()) }),
  ]),
);

const isItem = z.record(z.string(), attribute);

/** An item from DynamoDB's JSON, in which bytes are base64; undefined when it is none. */
export function parseItem(text: string): Record<string, AttributeValue> | undefined {
  try {
    const item = isItem.parse(JSON.parse(text));
    return z.record(z.string(), z.custom<AttributeValue>()).parse(item);
  } catch {
    return undefined;
  }
}
