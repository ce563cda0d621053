import * as z from 'zod';
import { jsonVariable } from '../house/environment.ts';

const codeKey = z.object({ version: z.int(), keyArn: z.string() });

/** GIFT_CARD_CODE_KEYS: the first makes new codes; the others find the cards of older ones. */
export const codeKeys = jsonVariable(z.tuple([codeKey], codeKey));
