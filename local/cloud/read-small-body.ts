import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

const largestBytes = 64 * 1024;

/** The body of a request to an endpoint of our own, as text. @throws RangeError when it is larger than 64 KB. */
export async function readSmallBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= largestBytes) chunks.push(chunk);
  });
  await once(request, 'end');
  if (bytes > largestBytes) throw new RangeError(`The body has more than ${largestBytes} bytes.`);
  return Buffer.concat(chunks).toString('utf8');
}
