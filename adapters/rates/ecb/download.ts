import type { ReadableStream } from 'node:stream/web';
import { RatesRefused, RateSourceUnavailable } from '../../../core/fx/ports.ts';

export interface Download {
  readonly url: string;
  /** From the first attempt to connect to the last byte. */
  readonly timeoutMilliseconds: number;
  readonly limitBytes: number;
}

/**
 * The text of a small file. A redirect is a failure: a source that moves is looked at by a person before it is believed.
 *
 * @throws RateSourceUnavailable when it does not come whole with status 200 in time.
 * @throws RatesRefused when it is longer than the limit, or not UTF-8.
 */
export async function download({ url, timeoutMilliseconds, limitBytes }: Download): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    // A function that slept wakes with dead connections: each download has one of its own.
    const headers = { accept: 'application/xml, text/xml', connection: 'close' };
    const response = await fetch(url, { signal, redirect: 'error', headers });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new RateSourceUnavailable(`The rate source answered ${response.status}.`);
    }
    return await readBounded(response, limitBytes);
  } catch (error) {
    if (error instanceof RateSourceUnavailable || error instanceof RatesRefused) throw error;
    const why = signal.aborted ? `no whole answer within ${timeoutMilliseconds} ms` : 'the connection failed';
    throw new RateSourceUnavailable(`The rate source is not reached: ${why}.`, { cause: error });
  }
}

async function readBounded(response: Response, limitBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: ReadableStream<Uint8Array> | null = response.body;
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new RatesRefused(`The rate file is longer than ${limitBytes} bytes.`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new RatesRefused('The rate file is not UTF-8.');
  }
}
