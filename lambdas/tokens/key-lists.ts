import * as z from 'zod';
import { jsonVariable } from '../house/environment.ts';

/** ENVELOPE_KEYS: the first is the current key, the others are retired. */
export const envelopeKeys = jsonVariable(
  z.tuple(
    [z.object({ kid: z.string(), keyArn: z.string() })],
    z.object({ kid: z.string(), keyArn: z.string(), retiredAt: z.iso.datetime().transform((text) => new Date(text)) }),
  ),
);

/** FINGERPRINT_KEYS: the first is the current key; the others are for comparing with older fingerprints. */
export const fingerprintKeys = jsonVariable(
  z.tuple([z.object({ version: z.int(), keyArn: z.string() })], z.object({ version: z.int(), keyArn: z.string() })),
);
