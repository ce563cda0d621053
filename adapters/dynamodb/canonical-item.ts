import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';

/**
 * SHA-256 over an item, base64url: the same for the same item, wherever it was read (a table, a stream, an export) and
 * whatever order its attributes came in.
 */
export function itemDigest(item: Readonly<Record<string, AttributeValue>>): string {
  return createHash('sha256').update(canonicalText(item)).digest('base64url');
}

/** An item as text, in the one way to write it. */
export function canonicalText(item: Readonly<Record<string, AttributeValue>>): string {
  return JSON.stringify(canonicalMap(item));
}

function canonicalMap(map: Readonly<Record<string, AttributeValue>>): unknown {
  return Object.keys(map)
    .toSorted()
    .map((name) => [name, canonicalValue(map[name])]);
}

function canonicalValue(value: AttributeValue | undefined): unknown {
  if (value?.M !== undefined) return ['M', canonicalMap(value.M)];
  if (value?.L !== undefined) return ['L', value.L.map(canonicalValue)];
  if (value?.B !== undefined) return ['B', base64Of(value.B)];
  if (value?.BS !== undefined) return ['BS', value.BS.map(base64Of).toSorted()];
  if (value?.SS !== undefined) return ['SS', value.SS.toSorted()];
  if (value?.NS !== undefined) return ['NS', value.NS.toSorted()];
  return value;
}

/** The SDK reads bytes; a stream's record and an export carry them as base64 already. */
function base64Of(bytes: unknown): string {
  if (typeof bytes === 'string') return bytes;
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('base64');
  throw new TypeError('An attribute of bytes is neither bytes nor base64');
}
