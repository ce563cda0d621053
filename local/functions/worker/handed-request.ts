import { EventEmitter } from 'node:events';
import type { RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import type { GatewayRequest, GatewayResponse } from '../../gateway/protocol.ts';

/** Hands a request to the main thread. Answers undefined where a server would close the connection unanswered. */
export type HandOver = (request: GatewayRequest) => Promise<GatewayResponse | undefined>;

/**
 * A request to the embedded cloud that takes no connection: to its caller it is what `http.request` answers, but it
 * goes to the main thread as a message. A connection costs both threads more than all else that a call does.
 *
 * It has what clients use of http.ClientRequest: headers, `write` and `end`, `destroy`, a time-out, and the events
 * socket, response, error, timeout and close.
 */
export class HandedRequest extends EventEmitter {
  readonly method: string;
  readonly path: string;
  readonly socket = new HandedSocket(() => this.destroy());
  destroyed = false;
  writableEnded = false;
  readonly #headers: Map<string, string>;
  readonly #hand: HandOver;
  readonly #body: (string | Uint8Array)[] = [];
  #response: HandedResponse | undefined;

  constructor({ method, path, headers, host, port, hostname }: RequestOptions, hand: HandOver) {
    super();
    this.method = method ?? 'GET';
    this.path = path ?? '/';
    this.#headers = readHeaders(headers);
    if (!this.#headers.has('host')) this.#headers.set('host', `${hostname ?? host ?? 'localhost'}:${port ?? 80}`);
    this.#hand = hand;
  }

  setHeader(name: string, value: number | string | readonly string[]): this {
    this.#headers.set(name.toLowerCase(), String(value));
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  flushHeaders(): void {
    // There is nothing to be sent before the body.
  }

  setNoDelay(): this {
    return this;
  }

  setSocketKeepAlive(): this {
    return this;
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    if (listener) this.once('timeout', listener);
    this.socket.setTimeout(milliseconds, () => this.emit('timeout'));
    return this;
  }

  write(chunk: string | Uint8Array): boolean {
    this.#body.push(chunk);
    return true;
  }

  end(chunk?: string | Uint8Array): this {
    if (this.writableEnded || this.destroyed) return this;
    if (chunk !== undefined) this.#body.push(chunk);
    this.writableEnded = true;
    void this.#send();
    return this;
  }

  abort(): void {
    this.destroy();
  }

  /** Whatever the main thread then answers reaches nobody: as with a closed connection the call may be carried out. */
  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.socket.close();
    const reason = error ?? (this.#response ? undefined : hangUp());
    this.#response?.destroy(error);
    process.nextTick(() => {
      if (reason && !this.#response) this.emit('error', reason);
      this.emit('close');
    });
    return this;
  }

  async #send(): Promise<void> {
    const headers = Object.fromEntries(this.#headers);
    const answer = await this.#hand({ method: this.method, path: this.path, headers, body: textOf(this.#body) });
    if (this.destroyed) return;
    if (answer === undefined) {
      this.destroy(hangUp());
      return;
    }
    this.#response = new HandedResponse(answer, () => this.destroy());
    this.emit('response', this.#response);
    // As in Node: who does not listen does not want the answer.
    if (this.listenerCount('response') === 0) this.#response.resume();
  }
}

/** The answer, as http.IncomingMessage shows it. */
class HandedResponse extends Readable {
  readonly statusCode: number;
  readonly statusMessage = '';
  readonly httpVersion = '1.1';
  readonly headers: Readonly<Record<string, string>>;
  readonly complete = true;

  constructor({ statusCode, headers, body }: GatewayResponse, onClose: () => void) {
    super({ read: () => undefined });
    this.statusCode = statusCode;
    this.headers = headers;
    this.once('close', onClose);
    if (body !== '') this.push(Buffer.from(body));
    this.push(null);
  }
}

/** What stands for a connection that is always there. Its time-out is one of the whole call. */
class HandedSocket extends EventEmitter {
  readonly connecting = false;
  readonly #destroy: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(destroy: () => void) {
    super();
    this.#destroy = destroy;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    if (listener) this.once('timeout', listener);
    clearTimeout(this.#timer);
    if (milliseconds > 0) this.#timer = setTimeout(() => this.emit('timeout'), milliseconds);
    return this;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  destroy(): void {
    this.#destroy();
  }
}

/** Headers come as an object or as a flat list of names and values. */
function readHeaders(given: RequestOptions['headers']): Map<string, string> {
  const headers = new Map<string, string>();
  if (isList(given)) {
    for (let index = 0; index + 1 < given.length; index += 2)
      headers.set((given[index] ?? '').toLowerCase(), given[index + 1] ?? '');
    return headers;
  }
  for (const [name, value] of Object.entries(given ?? {}))
    if (value !== undefined) headers.set(name.toLowerCase(), String(value));
  return headers;
}

function isList(headers: RequestOptions['headers']): headers is readonly string[] {
  return Array.isArray(headers);
}

function textOf(chunks: readonly (string | Uint8Array)[]): string {
  const [first = '', ...others] = chunks;
  if (others.length === 0 && typeof first === 'string') return first;
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))).toString();
}

function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
