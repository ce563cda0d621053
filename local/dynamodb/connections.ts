import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { HttpAnswerReader } from './http-answer.ts';
import type { HttpAnswer } from './http-answer.ts';

const pieceBytes = 64 * 1024;

/**
 * Kept connections to one server, each with one request at a time. A client as general as Node's own takes several
 * times as long for a call as what is needed here: a request that is one text, and an answer whose length is known.
 */
export class Connections {
  readonly #host: string;
  readonly #port: number;
  readonly #timeoutMilliseconds: number;
  readonly #all = new Set<Connection>();
  /** The one used last at the end. */
  readonly #free: Connection[] = [];

  constructor(url: URL, timeoutMilliseconds: number) {
    this.#host = url.hostname.replace(/^\[|\]$/gu, '');
    this.#port = Number(url.port === '' ? 80 : url.port);
    this.#timeoutMilliseconds = timeoutMilliseconds;
  }

  /** Sends a whole request. Rejects when no answer comes: whether it was carried out is then unknown. */
  async send(request: string): Promise<HttpAnswer> {
    const connection = this.#take();
    const answer = await connection.send(request);
    if (!connection.isClosed) this.#free.push(connection);
    return answer;
  }

  close(): void {
    for (const connection of this.#all) connection.close(new Error('closed'));
  }

  #take(): Connection {
    for (let free = this.#free.pop(); free; free = this.#free.pop()) if (!free.isClosed) return free;
    const opened = new Connection(this.#host, this.#port, this.#timeoutMilliseconds, () => this.#all.delete(opened));
    this.#all.add(opened);
    return opened;
  }
}

interface Exchange {
  readonly reader: HttpAnswerReader;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

class Connection {
  readonly #socket: Socket;
  readonly #onClose: () => void;
  #exchange: Exchange | undefined;
  isClosed = false;

  constructor(host: string, port: number, timeoutMilliseconds: number, onClose: () => void) {
    this.#onClose = onClose;
    // One buffer for everything that comes: what is read of it is copied at once.
    const buffer = Buffer.alloc(pieceBytes);
    const callback = (size: number) => this.#take(buffer.subarray(0, size));
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer, callback } });
    this.#socket.setTimeout(timeoutMilliseconds, () => this.close(new Error('timed out')));
    this.#socket.on('error', (error) => this.close(error));
    this.#socket.on('close', () => this.close(new Error('the connection was closed')));
  }

  send(request: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#exchange = { reader: new HttpAnswerReader(), resolve, reject };
      this.#socket.write(request);
    });
  }

  close(reason: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#exchange?.reject(reason);
    this.#exchange = undefined;
    this.#socket.destroy();
    this.#onClose();
  }

  #take(piece: Buffer): boolean {
    try {
      const answer = this.#exchange?.reader.take(piece);
      if (!answer) return true;
      const { resolve } = this.#exchange ?? {};
      this.#exchange = undefined;
      resolve?.(answer);
    } catch (error) {
      this.close(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }
}
