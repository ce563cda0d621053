import * as z from 'zod';
import type { Card } from './token.ts';

/** What a page puts into an envelope. Digits alone: the page takes out the blanks that people type. */
const cardData = z.strictObject({
  number: z.string().regex(/^\d{1,32}$/u),
  expMonth: z.int().min(1).max(12),
  expYear: z.int().min(2000).max(2099),
  cvc: z
    .string()
    .regex(/^\d{1,8}$/u)
    .exactOptional(),
  holderName: z
    .string()
    .min(1)
    .max(120)
    .regex(/^\P{Cc}+$/u),
});

const cvcData = z.strictObject({ cvc: z.string().regex(/^\d{1,8}$/u) });

export type ReadData<T> = { readonly kind: 'read'; readonly data: T } | CardInvalid;

/** The plaintext is not a card. `fields` names what is wrong among the fields there are, never a value. */
export interface CardInvalid {
  readonly kind: 'cardInvalid';
  readonly fields: readonly string[];
}

/** Reads an opened envelope's card; unknown fields are refused. */
export function readCard(plaintext: Buffer): ReadData<Card> {
  return read(cardData, plaintext);
}

/** Reads an opened envelope that holds a fresh security code and nothing else. */
export function readCvc(plaintext: Buffer): ReadData<{ readonly cvc: string }> {
  return read(cvcData, plaintext);
}

function read<T>(schema: z.ZodType<T>, plaintext: Buffer): ReadData<T> {
  const result = schema.safeParse(parseJson(plaintext));
  if (result.success) return { kind: 'read', data: result.data };
  // Names of unknown fields are a stranger's text, and might be the number itself.
  const wrong = new Set(result.error.issues.map((issue) => issue.path[0]));
  return { kind: 'cardInvalid', fields: Object.keys(cardData.shape).filter((field) => wrong.has(field)) };
}

/** The parser's own error would quote the card; what is no JSON is no card. */
function parseJson(plaintext: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext));
  } catch {
    return undefined;
  }
}
