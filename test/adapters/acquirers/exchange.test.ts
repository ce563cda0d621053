import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchange } from '../../../adapters/acquirers/exchange.ts';
import { simulatedAcquirer } from '../../../adapters/acquirers/simulated/index.ts';
import { singleMessageAcquirer } from '../../../adapters/acquirers/single-message/index.ts';
import { capturesAuthorizations } from '../../../core/payments/acquirer.ts';
import { aRequest } from './cards.ts';
import { formsOf, fullText } from './leaks.ts';
import { aRefund } from './payments.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server on a free port that answers as told. */
async function givenServer(listener: RequestListener): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const givenAnswer = (status: number, body: string, headers: Record<string, string> = {}) =>
  givenServer((request, response) => {
    request.resume().once('end', () => response.writeHead(status, headers).end(body));
  });

const failureOf = async (call: Promise<unknown>): Promise<Error> =>
  call.then(
    (value) => Promise.reject(new Error(`it did not fail but answered ${JSON.stringify(value)}`)),
    (error: unknown) => error as Error,
  );

const approval = (reference: string) => ({
  reference,
  state: 'approved',
  code: 'approved',
  approvalCode: 'A1',
  networkReference: 'n',
  expiresAt: '2030-01-01T00:00:00.000Z',
});

describe('an answer that cannot be trusted leaves the outcome unknown', () => {
  test.each([
    ['not JSON', 200, '<html>4242424242424242</html>'],
    ['empty', 200, ''],
    ['of another shape', 200, '{"state":"approved"}'],
    ['in a state that nobody knows', 200, JSON.stringify({ ...approval('pay_unclear'), state: 'pending' })],
    ['about another reference', 200, JSON.stringify(approval('pay_other'))],
    ['that repeats the card in an error', 500, '{"error":{"code":"4242424242424242"}}'],
    ['of a gateway in between', 503, 'busy'],
    ['that is too many requests', 429, '{}'],
    ['that is a 404 for an authorization', 404, '{"error":{"code":"not_found"}}'],
    ['that is a 400 of something in between', 400, '{"message":"Bad Request 4242424242424242"}'],
    [
      'that is longer than any real one',
      200,
      JSON.stringify({ ...approval('pay_unclear'), filler: 'x'.repeat(70_000) }),
    ],
  ])('%s', async (_, status, body) => {
    const { url } = await givenAnswer(status, body);
    const request = aRequest({ reference: 'pay_unclear' });
    for (const acquirer of [simulatedAcquirer({ baseUrl: url }), singleMessageAcquirer({ baseUrl: url })]) {
      const movement = { ...aRefund(request), reference: 'pay_unclear' };
      const errors = [
        await failureOf(acquirer.authorize(request)),
        await failureOf(acquirer.cancel('pay_unclear')),
        await failureOf(acquirer.refund(movement)),
        await failureOf(acquirer.cancelMovement('pay_unclear')),
      ];
      if (capturesAuthorizations(acquirer))
        errors.push(await failureOf(acquirer.capture({ ...movement, isFinal: true })));
      for (const error of errors) {
        expect(error.name).toBe('AcquirerOutcomeUnknown');
        expect(formsOf(request.card.number).filter((form) => fullText(error).includes(form))).toEqual([]);
      }
    }
  });

  test.each(['<html>no such page</html>', '{"message":"Not Found"}'])(
    'a 404 of something in between: %s',
    async (body) => {
      const { url } = await givenAnswer(404, body);
      const acquirer = simulatedAcquirer({ baseUrl: url });
      const calls = [acquirer.lookUp('pay_1'), acquirer.lookUpMovement('mov_1'), acquirer.settlementFile('2026-11-22')];
      for (const call of calls) expect((await failureOf(call)).name).toBe('AcquirerOutcomeUnknown');
    },
  );

  test('a redirect, which would carry the card elsewhere', async () => {
    let visits = 0;
    const elsewhere = await givenServer((_, response) => {
      visits += 1;
      response.end('{}');
    });
    for (const status of [301, 302, 307, 308]) {
      const { url } = await givenAnswer(status, '', { location: elsewhere.url });
      const error = await failureOf(simulatedAcquirer({ baseUrl: url }).authorize(aRequest()));
      expect(error.name).toBe('AcquirerOutcomeUnknown');
    }
    expect(visits).toBe(0);
  });
});

describe('time and connections', () => {
  test('the time-out covers an answer that trickles', async () => {
    const { url } = await givenServer((_, response) => {
      response.writeHead(200).write('{');
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drip));
    });
    const error = await failureOf(exchange({ method: 'GET', url, timeoutMilliseconds: 150, about: 'a trickle' }));
    expect(error).toMatchObject({ name: 'AcquirerOutcomeUnknown', message: 'a trickle: no answer within 150 ms' });
  });

  test('a lost connection is sent once and never again', async () => {
    let requests = 0;
    const { url } = await givenServer((request) => {
      requests += 1;
      request.socket.destroy();
    });
    expect((await failureOf(simulatedAcquirer({ baseUrl: url }).authorize(aRequest()))).name).toBe(
      'AcquirerOutcomeUnknown',
    );
    expect(requests).toBe(1);
  });

  test('each request has a connection of its own, so that none is written to a dead one', async () => {
    const { url, server } = await givenAnswer(200, JSON.stringify(approval('pay_fresh')));
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    const acquirer = simulatedAcquirer({ baseUrl: url });
    for (let round = 0; round < 3; round += 1) await acquirer.authorize(aRequest({ reference: 'pay_fresh' }));
    expect(connections).toBe(3);
  });

  test('a name that does not resolve means that nothing was sent', async () => {
    const acquirer = simulatedAcquirer({ baseUrl: 'http://acquirer.invalid' });
    expect((await failureOf(acquirer.authorize(aRequest()))).name).toBe('AcquirerUnavailable');
  });

  test('a base URL that is none is found when the acquirer is made', () => {
    expect(() => simulatedAcquirer({ baseUrl: 'acquirer' })).toThrow('Invalid URL');
    expect(() => singleMessageAcquirer({ baseUrl: '' })).toThrow('Invalid URL');
  });

  test('a base URL may have a path and slashes at its end', async () => {
    const paths: (string | undefined)[] = [];
    const { url } = await givenServer((request, response) => {
      paths.push(request.url);
      response.end('{}');
    });
    await failureOf(simulatedAcquirer({ baseUrl: `${url}/acquiring//` }).lookUp('a/b'));
    expect(paths).toEqual(['/acquiring/authorizations/a%2Fb']);
  });
});

describe('what is sent', () => {
  test('an issuer’s code that is not in our table is a decline without a reason', async () => {
    const declined = { reference: 'pay_new', state: 'declined', code: 'moon_phase' };
    const { url } = await givenAnswer(200, JSON.stringify(declined));
    const outcome = await simulatedAcquirer({ baseUrl: url }).authorize(aRequest({ reference: 'pay_new' }));
    expect(outcome).toEqual({ kind: 'declined', code: 'do_not_honor' });
  });

  test('a refusal that is not in our table is final, without a reason', async () => {
    const refused = { reference: 'mov_new', state: 'refused', code: 'moon_phase' };
    const { url } = await givenAnswer(200, JSON.stringify(refused));
    const outcome = await simulatedAcquirer({ baseUrl: url }).refund(aRefund(aRequest(), { reference: 'mov_new' }));
    expect(outcome).toEqual({ kind: 'refused', code: 'processing_error' });
  });

  test('an amount beyond 2^53 - 1 is not sent as a JSON number', async () => {
    const { url } = await givenAnswer(200, '{}');
    const error = await failureOf(simulatedAcquirer({ baseUrl: url }).authorize(aRequest({ amount: 2n ** 53n })));
    expect(error).toBeInstanceOf(RangeError);
  });

  test('only the fields of the acquirer’s API are sent', async () => {
    const bodies: string[] = [];
    const { url } = await givenServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      request.once('end', () => response.end('{}'));
    });
    const request = aRequest();
    const card = { ...request.card, tokenId: 'tok_1' };
    await failureOf(simulatedAcquirer({ baseUrl: url }).authorize({ ...request, card }));
    expect(JSON.parse(bodies.join(''))).toEqual({
      reference: request.reference,
      amount: 1250,
      currency: 'EUR',
      card: request.card,
    });
  });
});
