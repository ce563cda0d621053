import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Behaviour } from '../house/control.ts';
import { controlRoutes, misbehave, parseOrRefuse } from '../house/control.ts';
import type { Route } from '../house/server.ts';
import { createJsonServer, dropped } from '../house/server.ts';
import type { RateBooks } from './books.ts';
import { fileAt } from './file.ts';

/** Where the file is, as at the ECB. */
const filePath = '/stats/eurofxref/eurofxref-daily.xml';

/** Every error of the control routes looks like this. */
function describeError(_status: number, message: string): unknown {
  return { error: message };
}

const fileBody = z.strictObject({ content: z.string().max(12_000).nullable() });

/** The source's one file (README.md), and the routes by which a test makes it slow, faulty, early or wrong. */
export function createRatesServer(books: RateBooks, behaviour: Behaviour): Server {
  const plant: Route = {
    method: 'POST',
    path: '/file',
    run: ({ body }) => {
      books.publish(parseOrRefuse(fileBody, body, describeError).content);
      return { status: 204 };
    },
  };
  const routes = [plant, ...controlRoutes(behaviour, ['download'], books, describeError)];
  const control = createJsonServer(routes, describeError);
  return createServer((request, response) => {
    if (request.method === 'GET' && request.url === filePath) {
      void sendFile(behaviour, () => books.published() ?? fileAt(behaviour.clock.now()), request, response);
    } else control.emit('request', request, response);
  });
}

async function sendFile(
  behaviour: Behaviour,
  content: () => string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await misbehave(behaviour, 'download', describeError, () => ({ status: 200, body: content() }));
  if (answer === dropped) request.socket.destroy();
  else if (typeof answer.body === 'string') {
    response.writeHead(answer.status, { 'content-type': 'text/xml; charset=utf-8' }).end(answer.body);
  } else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
}
