import * as z from 'zod';
import type { Json } from '../../kernel/service.ts';

/** Any JSON, for text that JSON.parse has read: what it answers is JSON by definition, but for a member that is absent. */
export const json = z.custom<Json>((value) => value !== undefined, 'is missing');
