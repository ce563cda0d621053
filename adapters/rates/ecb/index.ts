import type { RateSource } from '../../../core/fx/ports.ts';
import { download } from './download.ts';
import { parseFile } from './parse-file.ts';

/** The file has some 2 KB; this is far above it, and far below what would hurt a function. */
const limitBytes = 64 * 1024;
/** Long for 2 KB, short for a caller who waits for a quote. */
const timeoutMilliseconds = 4_000;

/**
 * The European Central Bank's reference rates of the day, published on working days at about 16:00 in Frankfurt.
 * Throws a TypeError at once for an address that is none, so that a wrong setting is found when the function starts.
 */
export function ecbRateSource(address: string, limits = { limitBytes, timeoutMilliseconds }): RateSource {
  const url = new URL(address).href;
  return { latest: async () => parseFile(await download({ url, ...limits })) };
}
