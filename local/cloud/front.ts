import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { listenOnLoopback } from '../gateway/listen.ts';

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Front {
  readonly url: string;
  /** Says what to serve from now on. */
  serve(serve: Serve): void;
  /** Answers 503 to whatever comes from now on. */
  refuse(): void;
}

/**
 * The main port, taken before anything else is started, so that one that cannot be had is told at once. Until it is
 * told what to serve it answers 503.
 */
export async function openFront(port: number, opened: AsyncDisposableStack): Promise<Front> {
  let serve: Serve | undefined;
  const listener: RequestListener = (request, response) => {
    if (!serve) {
      response.writeHead(503, { 'content-type': 'application/json' }).end('{"message":"Service Unavailable"}');
      return;
    }
    // A request that breaks what serves it must not break the server; its client sees a broken connection.
    serve(request, response).catch(() => request.socket.destroy());
  };
  const { url, close } = await listenOnLoopback(createServer(listener), port);
  opened.defer(close);
  return {
    url,
    serve: (next) => {
      serve = next;
    },
    refuse: () => {
      serve = undefined;
    },
  };
}
