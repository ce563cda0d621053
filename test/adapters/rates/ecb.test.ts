import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askedAtMostEvery } from '../../../adapters/rates/asked-at-most-every.ts';
import { ecbRateSource } from '../../../adapters/rates/ecb/index.ts';
import { parseFile } from '../../../adapters/rates/ecb/parse-file.ts';
import { RatesRefused, RateSourceUnavailable } from '../../../core/fx/ports.ts';
import { fileAt, lastPublished } from '../../../simulators/rates/file.ts';
import { fakeSource, now, ratesOf } from '../../core/fx/fakes.ts';

const file = fileAt(Date.parse('2026-11-25T18:00:00Z'));
const limits = { limitBytes: 64 * 1024, timeoutMilliseconds: 4_000 };

describe('a rate file', () => {
  test('in the format of the ECB gives its day and its rates, untouched', () => {
    const { date, perEuro } = parseFile(file);
    expect(date).toBe('2026-11-25');
    expect(Object.keys(perEuro)).toHaveLength(29);
    for (const [currency, rate] of Object.entries(perEuro)) expect(file).toContain(`'${currency}' rate='${rate}'`);
  });

  test('may be written with other quotes, order and space, and with comments', () => {
    const other = `<?xml version="1.0"?><!-- x --><e><Cube>\n<Cube time="2026-11-25"><Cube  rate="1.1"\n currency="USD"></Cube></Cube></Cube></e>`;
    expect(parseFile(other)).toEqual({ date: '2026-11-25', perEuro: { USD: '1.1' } });
  });

  const withDtd = file.replace('<gesmes:Envelope', '<!DOCTYPE e [<!ENTITY lol "lol">]><gesmes:Envelope');
  test.each([
    ['nothing', '', 'not well-formed'],
    ['half a file', file.slice(0, 900), 'not well-formed'],
    ['no XML', 'rates are out', 'not well-formed'],
    ['a page of HTML', '<html><body>Maintenance</body></html>', 'not one day of rates'],
    ['JSON', '{"USD":1.1}', 'not well-formed'],
    ['a document type', withDtd, 'has a document type'],
    [
      'an external document type',
      file.replace('<gesmes:Env', '<!DOCTYPE e SYSTEM "file:///etc/passwd"><gesmes:Env'),
      'type',
    ],
    ['an entity of its own', withDtd.replace("rate='", "rate='&lol;"), 'not well-formed'],
    [
      'two days',
      file.replace('</Cube>\n</gesmes', "<Cube time='2026-11-24'/></Cube>\n</gesmes"),
      'not one day of rates',
    ],
    ['a currency twice', file.replace("'JPY'", "'USD'"), 'has USD twice'],
    ['a rate without a currency', file.replace("currency='JPY' ", ''), 'no currency with its rate'],
    ['a currency without a rate', file.replace(/(currency='JPY') rate='[^']+'/u, '$1'), 'no currency with its rate'],
    ['a currency that is no code', file.replace("'JPY'", "'__proto__'"), 'no currency with its rate'],
  ])('with %s is refused, and the message says why', (_what, text, why) => {
    expect(() => parseFile(text)).toThrow(RatesRefused);
    expect(() => parseFile(text)).toThrow(why);
  });
});

describe('the source', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function givenServer(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/daily.xml`;
  }

  test('is read whole', async () => {
    const url = await givenServer((_request, response) => response.end(file));
    expect(await ecbRateSource(url).latest(now)).toEqual(parseFile(file));
  });

  test('with an address that is none is found out at once', () => {
    expect(() => ecbRateSource('daily.xml')).toThrow('Invalid URL');
  });

  test.each<[string, RequestListener, new (message: string) => Error, string]>([
    ['answers 404', (_, response) => response.writeHead(404).end(file), RateSourceUnavailable, 'answered 404'],
    ['answers 500', (_, response) => response.writeHead(500).end(), RateSourceUnavailable, 'answered 500'],
    ['has nothing new (304)', (_, response) => response.writeHead(304).end(), RateSourceUnavailable, 'answered 304'],
    [
      'leads elsewhere',
      (_, response) => response.writeHead(302, { location: '/x' }).end(),
      RateSourceUnavailable,
      'connection failed',
    ],
    ['hangs up', (request) => request.socket.destroy(), RateSourceUnavailable, 'connection failed'],
    [
      'ends in the middle',
      (request, response) => {
        response
          .writeHead(200, { 'content-length': String(file.length) })
          .write(file.slice(0, 500), () => request.socket.destroy());
      },
      RateSourceUnavailable,
      'connection failed',
    ],
    ['never ends', (_, response) => response.write(file), RateSourceUnavailable, 'no whole answer within 300 ms'],
    ['is far too long', (_, response) => response.end('x'.repeat(70_000)), RatesRefused, 'longer than 65536 bytes'],
    ['is not UTF-8', (_, response) => response.end(Buffer.from([0x3c, 0xff])), RatesRefused, 'not UTF-8'],
  ])('that %s gives no rates', async (_what, listener, kind, why) => {
    const source = ecbRateSource(await givenServer(listener), { ...limits, timeoutMilliseconds: 300 });
    await expect(source.latest(now)).rejects.toThrow(kind);
    await expect(source.latest(now)).rejects.toThrow(why);
  });

  test('that nobody answers for gives no rates', async () => {
    const url = await givenServer(() => undefined);
    for (const close of closers.splice(0)) close();
    await expect(ecbRateSource(url).latest(now)).rejects.toThrow(RateSourceUnavailable);
  });
});

describe('a source that is asked at most every half minute', () => {
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

  test('answers all who come meanwhile with what the first one got', async () => {
    const { source, asked } = fakeSource(ratesOf('2026-11-25'));
    const calm = askedAtMostEvery(source, 30_000);
    await Promise.all([calm.latest(now), calm.latest(now), calm.latest(after(29))]);
    expect(asked).toHaveLength(1);
    await calm.latest(after(30));
    expect(asked).toHaveLength(2);
  });

  test('fails for all of them when it failed for the first', async () => {
    const { source, asked } = fakeSource(new RateSourceUnavailable('down'));
    const calm = askedAtMostEvery(source, 30_000);
    await expect(calm.latest(now)).rejects.toThrow('down');
    await expect(calm.latest(after(10))).rejects.toThrow('down');
    expect(asked).toHaveLength(1);
  });
});

describe('the simulated source', () => {
  test.each([
    ['a Wednesday after 16:00 in Frankfurt', '2026-11-25T15:00:00Z', '2026-11-25'],
    ['a Wednesday before it', '2026-11-25T14:59:00Z', '2026-11-24'],
    ['in summer, when it is an hour earlier', '2026-07-01T14:00:00Z', '2026-07-01'],
    ['a Monday morning', '2026-11-23T08:00:00Z', '2026-11-20'],
    ['a Sunday', '2026-11-22T20:00:00Z', '2026-11-20'],
    ['the first of a year', '2027-01-01T08:00:00Z', '2026-12-31'],
    ['midnight in Frankfurt', '2026-11-24T23:30:00Z', '2026-11-24'],
  ])('publishes by the clock of Frankfurt: %s', (_when, time, date) => {
    expect(lastPublished(Date.parse(time))).toBe(date);
  });

  test('publishes the same for a day whenever it is asked, and something else on another day', () => {
    const later = fileAt(Date.parse('2026-11-26T08:00:00Z'));
    expect(later).toBe(file);
    expect(parseFile(fileAt(Date.parse('2026-11-26T18:00:00Z'))).perEuro).not.toEqual(parseFile(file).perEuro);
  });
});
