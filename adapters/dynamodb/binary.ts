import * as z from 'zod';

/** Bytes as an item holds them: what the SDK reads is bytes, what streams and exports tell is base64. */
export const binary = z.union([
  z.instanceof(Uint8Array),
  z.base64().transform((text) => z.util.base64ToUint8Array(text)),
]);
