import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AcquirerOutcomeUnknown, AcquirerUnavailable } from '../../core/payments/acquirer.ts';

/** One request to an acquirer. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Sent as JSON. It may hold a card number, so it never reaches a message. */
  readonly body?: unknown;
  /** From the first attempt to connect to the last byte of the answer. */
  readonly timeoutMilliseconds: number;
  /** For messages: what was asked, of whom, about which reference. */
  readonly about: string;
}

export interface Reply {
  readonly status: number;
  /** Parsed JSON. */
  readonly body: unknown;
}

/** As it came. */
export interface TextReply {
  readonly status: number;
  readonly text: string;
}

/** Far above any answer of an acquirer, far below what would hurt the function that reads it. */
const answerLimitBytes = 64 * 1024;

/** The same for a file: some hundred thousand movements of a day. */
const fileLimitBytes = 64 * 1024 * 1024;

/**
 * Sends one request, once, and answers any status below 500 with its parsed body.
 *
 * @throws AcquirerUnavailable when no connection came about, so that certainly nothing was sent.
 * @throws AcquirerOutcomeUnknown for whatever goes wrong later: time-out, lost connection, redirect, server error, an
 * answer that is too long or no JSON.
 */
export async function exchange(request: Exchange): Promise<Reply> {
  const { status, text } = await send(request, readText);
  return { status, body: parseJson(text, request.about) };
}

/**
 * Fetches a file, in whatever form it is, into one at `path`, whose folder exists; an answer other than 200 is answered
 * as text. Throws as `exchange` does.
 */
export async function download(request: Exchange, path: string): Promise<TextReply> {
  // Open before the answer begins, which has to be read at once: nobody else would hear that its connection was lost.
  const file = await open(path, 'wx');
  try {
    return await send(request, async (response) => {
      if (response.statusCode !== 200) return readText(response);
      for await (const chunk of boundedBody(response, fileLimitBytes)) await file.appendFile(chunk);
      return '';
    });
  } finally {
    await file.close();
  }
}

/** The JSON in an answer. Throws AcquirerOutcomeUnknown when it is none. */
export function parseJson(text: string, about: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the answer, which may repeat what was sent.
    throw new AcquirerOutcomeUnknown(`${about}: an answer that is not JSON`);
  }
}

/**
 * Each request has a connection of its own. A function that slept wakes with dead connections, and an authorization
 * written to one is neither sent nor certainly unsent: a new handshake costs less than such an unknown outcome.
 */
async function send(exchange: Exchange, read: (response: IncomingMessage) => Promise<string>): Promise<TextReply> {
  const { timeoutMilliseconds, about } = exchange;
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const response = await requestOnce(exchange, signal);
    const status = response.statusCode ?? 0;
    const text = await read(response);
    if (status >= 500) throw new UnusableAnswer(`a server error (${status})`);
    // What is in the request, a card number perhaps, goes nowhere else.
    if (status >= 300 && status < 400) throw new UnusableAnswer(`a redirect (${status})`);
    return { status, text };
  } catch (error) {
    if (error instanceof UnusableAnswer) throw new AcquirerOutcomeUnknown(`${about}: ${error.message}`);
    if (signal.aborted) throw new AcquirerOutcomeUnknown(`${about}: no answer within ${timeoutMilliseconds} ms`);
    throw lostConnection(error, about);
  }
}

/** Without an agent a connection is made for this request, and closed after it. */
function requestOnce({ method, url, body }: Exchange, signal: AbortSignal): Promise<IncomingMessage> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    accept: 'application/json, text/plain;q=0.9',
    ...(payload === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
  };
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false, signal }, resolve).on('error', reject).end(payload);
  });
}

/** An answer that came whole but cannot be used, for the adapter that reads it to throw. */
export function unreadable(about: string, status: number): AcquirerOutcomeUnknown {
  return new AcquirerOutcomeUnknown(`${about}: the answer (${status}) cannot be read`);
}

/** The reason stays inside this file: `send` turns it into the port's error. */
class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of boundedBody(response, answerLimitBytes)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* boundedBody(response: IncomingMessage, limitBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  const body: AsyncIterable<Buffer> = response;
  // Leaving the loop closes the connection.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new UnusableAnswer('an answer that is too long');
    yield chunk;
  }
}

/** Only codes and our own words go into the message, and no cause: what is thrown below may hold parts of the request. */
function lostConnection(error: unknown, about: string): Error {
  const failure = systemFailure(error);
  if (failure.beforeSending) return new AcquirerUnavailable(`${about}: no connection (${failure.code})`);
  return new AcquirerOutcomeUnknown(`${about}: the connection was lost (${failure.code})`);
}

/** Failures of name resolution and of connecting, by Node's codes. */
const codesBeforeSending: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

/** What failed below us; with several addresses tried it is an AggregateError with a code. */
function systemFailure(error: unknown): { readonly code: string; readonly beforeSending: boolean } {
  if (typeof error !== 'object' || error === null) return { code: 'unknown', beforeSending: false };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  const isConnecting = 'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo');
  return { code, beforeSending: isConnecting || codesBeforeSending.has(code) };
}
