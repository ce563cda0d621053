import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { Json } from '../kernel/service.ts';

/** Where a list goes on, as callers hand it back. */
export function writeToken(position: Json): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws InvalidToken for anything that `writeToken` has not made. */
export function readToken<T extends z.ZodType>(schema: T, token: string | undefined): z.infer<T> | undefined {
  if (token === undefined) return undefined;
  try {
    return schema.parse(parseJson(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  }
}

/** One page of a list that only grows at its end. */
export function pageOf<T>(items: readonly T[], limit: number, token: string | undefined) {
  const from = readToken(z.object({ from: z.int().min(0) }), token)?.from ?? 0;
  const shown = items.slice(from, from + limit);
  return { shown, nextToken: from + limit < items.length ? writeToken({ from: from + limit }) : undefined };
}
