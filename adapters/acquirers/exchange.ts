import { open } from 'node:fs/promises';
import type { ReadableStream } from 'node:stream/web';
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
  const { status, text } = await ask(request, (response) => readText(response, answerLimitBytes));
  return { status, body: parseJson(text, request.about) };
}

/**
 * Fetches a file, in whatever form it is, into one at `path`, whose folder exists; an answer other than 200 is answered
 * as text. Throws as `exchange` does.
 */
export async function download(request: Exchange, path: string): Promise<TextReply> {
  return ask(request, async (response) => {
    if (response.status !== 200) return readText(response, answerLimitBytes);
    const file = await open(path, 'wx');
    try {
      for await (const chunk of boundedBody(response, fileLimitBytes)) await file.appendFile(chunk);
    } finally {
      await file.close();
    }
    return '';
  });
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
 * Each request has a connection of its own (`connection: close`). A function that slept wakes with dead connections,
 * and an authorization written to one is neither sent nor certainly unsent: a new handshake costs less than such an
 * unknown outcome.
 */
async function ask(request: Exchange, read: (response: Response) => Promise<string>): Promise<TextReply> {
  const { method, url, body, timeoutMilliseconds, about } = request;
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const response = await fetch(url, {
      method,
      signal,
      redirect: 'error',
      headers: {
        accept: 'application/json, text/plain;q=0.9',
        connection: 'close',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await read(response);
    if (response.status >= 500) throw new UnusableAnswer(`a server error (${response.status})`);
    return { status: response.status, text };
  } catch (error) {
    if (error instanceof UnusableAnswer) throw new AcquirerOutcomeUnknown(`${about}: ${error.message}`);
    if (signal.aborted) throw new AcquirerOutcomeUnknown(`${about}: no answer within ${timeoutMilliseconds} ms`);
    throw lostConnection(error, about);
  }
}

/** An answer that came whole but cannot be used, for the adapter that reads it to throw. */
export function unreadable(about: string, status: number): AcquirerOutcomeUnknown {
  return new AcquirerOutcomeUnknown(`${about}: the answer (${status}) cannot be read`);
}

/** The reason stays inside this file: `ask` turns it into the port's error. */
class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

async function readText(response: Response, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of boundedBody(response, limitBytes)) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

async function* boundedBody(response: Response, limitBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  const body: ReadableStream<Uint8Array> | null = response.body;
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new UnusableAnswer('an answer that is too long');
    yield chunk;
  }
}

/** Only codes and our own words go into the message, and no cause: what fetch throws may hold parts of the request. */
function lostConnection(error: unknown, about: string): Error {
  const failure = systemFailure(error);
  if (failure.beforeSending) return new AcquirerUnavailable(`${about}: no connection (${failure.code})`);
  return new AcquirerOutcomeUnknown(`${about}: the connection was lost (${failure.code})`);
}

/** Failures of name resolution and of connecting, by Node's and undici's codes. */
const codesBeforeSending: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What failed below a `fetch failed`; with several addresses tried undici's cause is an AggregateError with a code. */
function systemFailure(error: unknown): { readonly code: string; readonly beforeSending: boolean } {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  if (typeof cause !== 'object' || cause === null) return { code: 'unknown', beforeSending: false };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown';
  const isConnecting = 'syscall' in cause && (cause.syscall === 'connect' || cause.syscall === 'getaddrinfo');
  return { code, beforeSending: isConnecting || codesBeforeSending.has(code) };
}
