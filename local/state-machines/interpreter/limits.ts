import { isJsonArray } from '../../kernel/json.ts';
import type { Json } from '../../kernel/service.ts';
import { StateFailure, errorNames } from './failure.ts';

/** The most that a state's input, output, arguments or result may have, in bytes of JSON (Step Functions quotas). */
export const longestDataBytes = 256 * 1024;

/** JSON may write one UTF-16 unit with up to six bytes. */
const mostBytesOfUnit = 6;
const mostBytesOfScalar = 25;

/** Throws States.DataLimitExceeded when a value is larger than Step Functions passes on. */
export function requireWithinLimit(value: Json, what: string): void {
  // Most values are far below the limit, and a bound on the size is found without writing the JSON.
  if (leftOf(longestDataBytes, value) >= 0) return;
  if (Buffer.byteLength(JSON.stringify(value)) <= longestDataBytes) return;
  throw new StateFailure(
    errorNames.dataLimitExceeded,
    `${what} has a size exceeding the maximum number of bytes service limit.`,
  );
}

/** What is left of a budget of bytes after a value; below zero when it may not be enough. */
function leftOf(budget: number, value: Json): number {
  if (typeof value === 'string') return budget - value.length * mostBytesOfUnit - 2;
  if (typeof value !== 'object' || value === null) return budget - mostBytesOfScalar;
  let left = budget - 2;
  if (isJsonArray(value)) {
    for (const item of value) {
      left = leftOf(left, item) - 1;
      if (left < 0) return left;
    }
    return left;
  }
  for (const [key, member] of Object.entries(value)) {
    left = leftOf(left, member) - key.length * mostBytesOfUnit - 4;
    if (left < 0) return left;
  }
  return left;
}
