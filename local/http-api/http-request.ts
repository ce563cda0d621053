import type { IncomingMessage } from 'node:http';

/** A request as API Gateway sees it once its head is there. */
export interface HttpRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly rawPath: string;
  /** As sent, without the question mark; empty when there is none. */
  readonly rawQueryString: string;
  /** Lower-case names; what is there several times is joined by commas. Without cookies. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly protocol: string;
  readonly sourceIp: string;
  /** Bytes of the request line and all header values. */
  readonly headBytes: number;
}

/** Reads the head of a request. */
export function readRequest(incoming: IncomingMessage): HttpRequest {
  const { method = 'GET', url = '/', httpVersion, rawHeaders, socket } = incoming;
  // A proxy's request line names the whole URL.
  const target = url.replace(/^https?:\/\/[^/?]*/iu, '');
  const [, path = '', query = ''] = /^([^?#]*)\??([^#]*)/u.exec(target) ?? [];
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  let headBytes = Buffer.byteLength(`${method} ${url} HTTP/${httpVersion}`);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    headBytes += Buffer.byteLength(value);
    if (name === 'cookie')
      cookies.push(
        ...value
          .split(';')
          .map((cookie) => cookie.trim())
          .filter(Boolean),
      );
    else headers.set(name, headers.has(name) ? `${headers.get(name) ?? ''},${value}` : value);
  }
  return {
    ...{ method, rawPath: path === '' ? '/' : path, rawQueryString: query, cookies, headBytes },
    headers: Object.fromEntries(headers),
    protocol: `HTTP/${httpVersion}`,
    sourceIp: (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/u, ''),
  };
}

/** The query's parameters, decoded; what is there several times is joined by commas. Undefined without a query. */
export function readQuery(rawQueryString: string): Readonly<Record<string, string>> | undefined {
  if (rawQueryString === '') return undefined;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    parameters.set(name, parameters.has(name) ? `${parameters.get(name) ?? ''},${value}` : value);
  }
  return Object.fromEntries(parameters);
}
