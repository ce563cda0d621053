import * as z from 'zod';
import { base64Bytes } from '../../core/base64.ts';

/** Bytes as an item holds them: what the SDK reads is bytes, what streams and exports tell is base64. */
export const binary = z.union([z.instanceof(Uint8Array), base64Bytes]);
