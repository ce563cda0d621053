import * as z from 'zod';

/** Bytes that are told as base64. */
export const base64Bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

/** Bytes as base64 tells them. */
export function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
