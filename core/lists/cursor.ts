import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** A record of key attributes and their values: where a page ended. */
export type CursorKey = Readonly<Record<string, string>>;

const checksumBytes = 16;
const longestCursor = 1024;
const cursorKey = z.record(z.string().max(32), z.string().max(256));

/**
 * The opaque text that goes on behind a page of a list.
 * In: which list it is (its name, its owner, its filters), and the key of the last row. Out: base64url, at most 1,024
 * characters for keys of usual size.
 * A cursor is no secret and no right: the checksum catches slips and cursors of other lists, not forgers. So whoever
 * decodes one takes the owner from the request, never from the cursor, and checks each value.
 */
export function encodeCursor(list: readonly string[], key: CursorKey): string {
  const payload = Buffer.from(JSON.stringify(key));
  return Buffer.concat([checksum(list, payload), payload]).toString('base64url');
}

/** The key of a cursor of this very list, or undefined for anything else. */
export function decodeCursor(list: readonly string[], cursor: string): CursorKey | undefined {
  if (cursor.length > longestCursor) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  // Buffer.from skips what is not base64url; what does not read back was never written here.
  if (bytes.toString('base64url') !== cursor || bytes.length <= checksumBytes) return undefined;
  const payload = bytes.subarray(checksumBytes);
  if (!timingSafeEqual(bytes.subarray(0, checksumBytes), checksum(list, payload))) return undefined;
  return parseKey(payload.toString('utf8'));
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;

/** Whether a cursor's value is a time as lists are sorted by: RFC 3339 UTC with milliseconds. */
export function isTimestamp(text: string): boolean {
  return timestamp.test(text);
}

function parseKey(text: string): CursorKey | undefined {
  try {
    return cursorKey.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function checksum(list: readonly string[], payload: Uint8Array): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(list))
    .update('\0')
    .update(payload)
    .digest()
    .subarray(0, checksumBytes);
}
