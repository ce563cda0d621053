import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { urlToHttpOptions } from 'node:url';
import { invocationHeader } from '../messages.ts';
import type { HandOver } from './handed-request.ts';
import { HandedRequest } from './handed-request.ts';
import { assertNotAbandoned, invocationContext } from './invocation-context.ts';

type Callback = (response: http.IncomingMessage) => void;
type Target = string | URL | http.RequestOptions;
type Sent = http.ClientRequest | HandedRequest;
type Send = (target: Target, second?: http.RequestOptions | Callback, third?: Callback) => Sent;

/**
 * Replaces the ways out of this thread (node:http, node:https, fetch, name look-up) so that functions reach the
 * embedded cloud under the names that the SDK makes up, tell it which invocation a call belongs to, and stop reaching
 * anything once their invocation has ended. The modules themselves are changed: a bundle may require or import them.
 *
 * With `handOver` what node:http sends to the embedded cloud takes no connection.
 */
export function installOutgoingRequests(awsEndpointUrl: string, handOver?: HandOver): void {
  const endpoint = new URL(awsEndpointUrl);
  // One pool of connections for all functions: each SDK client would otherwise keep its own.
  const agent = new http.Agent({ keepAlive: true });
  replaceRequests(http, (original, target, options) => {
    if (!isEndpoint(endpoint, target, options)) return undefined;
    const own = { ...withInvocation(options), agent };
    if (handOver) return new HandedRequest({ ...optionsOf(target), ...own }, handOver);
    return isAddress(target) ? original(target, own) : original(own);
  });
  replaceRequests(https, () => undefined);
  replaceLookup();
  replaceFetch(endpoint);
  syncBuiltinESMExports();
}

/** `inside` sends what goes to the embedded cloud, and answers undefined for what goes outside. */
function replaceRequests(
  module: typeof http | typeof https,
  inside: (original: typeof http.request, target: Target, options: http.RequestOptions) => Sent | undefined,
): void {
  const original = module.request;
  const request: Send = (target, second, third) => {
    assertNotAbandoned();
    const options = isAddress(target) ? (typeof second === 'function' ? {} : (second ?? {})) : target;
    const callback = typeof second === 'function' ? second : third;
    const handed = inside(original, target, options);
    if (handed) return callback ? handed.once('response', callback) : handed;
    const sent = isAddress(target) ? original(target, options, callback) : original(options, callback);
    measureOutside(sent);
    return sent;
  };
  const get: Send = (target, second, third) => {
    const sent = request(target, second, third);
    sent.end();
    return sent;
  };
  Object.assign(module, { request, get });
}

function isAddress(target: Target): target is string | URL {
  return typeof target === 'string' || target instanceof URL;
}

function optionsOf(target: Target): http.RequestOptions {
  return isAddress(target) ? urlToHttpOptions(new URL(target)) : {};
}

/** Until the answer is read to its end, or none comes. */
function measureOutside(sent: http.ClientRequest): void {
  const ended = invocationContext.getStore()?.invocation?.outside.begin();
  if (!ended) return;
  sent.once('response', (response) => response.once('close', ended));
  sent.once('error', ended);
}

/** Whether a request goes to the embedded cloud: by its port, on a loopback name. */
function isEndpoint(endpoint: URL, target: Target, options: http.RequestOptions): boolean {
  if (isAddress(target)) {
    const { hostname, port } = new URL(target);
    return port === endpoint.port && loopbackOf(hostname) !== undefined;
  }
  const host = options.hostname ?? options.host ?? 'localhost';
  return String(options.port ?? '') === endpoint.port && loopbackOf(host) !== undefined;
}

/** A copy of a request's options with the invocation's header; headers may come as an object or as a flat list of names and values. */
function withInvocation(options: http.RequestOptions): http.RequestOptions {
  const id = invocationContext.getStore()?.invocation?.id;
  if (id === undefined) return options;
  const { headers } = options;
  if (isList(headers)) return { ...options, headers: [...headers, invocationHeader, id] };
  return { ...options, headers: { ...headers, [invocationHeader]: id } };
}

function isList(headers: http.RequestOptions['headers']): headers is readonly string[] {
  return Array.isArray(headers);
}

/**
 * The SDK puts `sync-` before the endpoint's host for StartSyncExecution; no resolver knows `sync-127.0.0.1`.
 * Answers the loopback address behind such a name, or undefined.
 */
function loopbackOf(host: string): string | undefined {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/gu, '')
    .replace(/^sync-/u, '');
  if (name === 'localhost' || name === '127.0.0.1') return '127.0.0.1';
  return name === '::1' ? '::1' : undefined;
}

function replaceLookup(): void {
  const { lookup } = dns;
  const replaceName = (host: string) => (host.startsWith('sync-') ? (loopbackOf(host) ?? host) : host);
  const replaced = new Proxy(lookup, {
    apply: (target, receiver, [host, ...rest]: [unknown, ...unknown[]]): unknown =>
      Reflect.apply(target, receiver, [typeof host === 'string' ? replaceName(host) : host, ...rest]),
  });
  dns.lookup = replaced;
  const promised = dns.promises.lookup;
  dns.promises.lookup = new Proxy(promised, {
    apply: (target, receiver, [host, ...rest]: [unknown, ...unknown[]]): unknown =>
      Reflect.apply(target, receiver, [typeof host === 'string' ? replaceName(host) : host, ...rest]),
  });
}

function replaceFetch(endpoint: URL): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    assertNotAbandoned();
    const request = new Request(input, init);
    const id = invocationContext.getStore()?.invocation?.id;
    if (isEndpoint(endpoint, request.url, {})) {
      if (id !== undefined) request.headers.set(invocationHeader, id);
      return original(request);
    }
    const ended = invocationContext.getStore()?.invocation?.outside.begin();
    return original(request).finally(() => ended?.());
  };
}
