import type { IncomingMessage } from 'node:http';

/** The body is longer than its limit; what came of it was thrown away. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The client went away before its body was whole: there is nobody to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/**
 * Reads a request's body, keeping at most `limitBytes` of it in memory. The request stays answerable when the body is
 * too long: its rest is left for Node to drop.
 *
 * @throws BodyTooLargeError, ClientGoneError
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      reject(new BodyTooLargeError());
      return;
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.off('data', take);
      reject(new BodyTooLargeError());
    };
    request.on('data', take);
    request.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.once('error', () => {
      reject(new ClientGoneError());
    });
    request.once('close', () => {
      reject(new ClientGoneError());
    });
  });
}
