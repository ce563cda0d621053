import * as z from 'zod';

const bytes = z.instanceof(Uint8Array);

/** Sealed bytes as an item's attribute holds them. */
export const sealedBytes = z.object({ nonce: bytes, ciphertext: bytes, tag: bytes });
export const wrappedKey = bytes;
