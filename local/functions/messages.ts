import type { GatewayRequest, GatewayResponse } from '../gateway/protocol.ts';
import type { OutsideCalls } from '../kernel/metering.ts';

/** What the cloud and a worker thread say to each other. Payloads travel as JSON text: an event is copied by that. */

/** A function as its worker needs to know it. */
export interface WorkerFunction {
  readonly name: string;
  readonly arn: string;
  /** Absolute path of the bundle's folder. */
  readonly directory: string;
  /** As in the template, such as `index.handler`. */
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly timeoutMilliseconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFormat: 'JSON' | 'Text';
  readonly logLevel: LogLevel;
}

/** Lambda's application log levels, the least important first. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

export type LogLevel = (typeof logLevels)[number];

/** What a worker is given when it starts. */
export interface WorkerSettings {
  /** One 64-bit float: the milliseconds by which the cloud's clock is ahead of the machine's. */
  readonly clockOffset: SharedArrayBuffer;
  /** Absolute path of the folder for V8's compiled code. */
  readonly cacheDirectory: string;
  /** The embedded cloud's endpoint: requests that go there carry the id of their invocation. */
  readonly awsEndpointUrl: string;
  /** Whether these requests are handed to the main thread instead of taking a connection. */
  readonly handsOver: boolean;
}

export type ToWorker =
  /** Always sent before a function's first invocation; again when something about it changed. */
  | { readonly kind: 'define'; readonly definition: WorkerFunction }
  /** Imports the bundle ahead of the first invocation. */
  | { readonly kind: 'import'; readonly functionName: string }
  | { readonly kind: 'invoke'; readonly id: string; readonly functionName: string; readonly payload: string }
  /** The invocation has run out of time: nothing that it still does may reach the outside. */
  | { readonly kind: 'abandon'; readonly id: string }
  /** The answer to a request that was handed over; none where a server would close the connection unanswered. */
  | { readonly kind: 'replied'; readonly number: number; readonly response: GatewayResponse | undefined };

export type FromWorker =
  /** The bundle is ready, or has failed to load: the time of an invocation counts from here. */
  | { readonly kind: 'imported'; readonly functionName: string }
  /** The function's bundle will be loaded anew at its next invocation. */
  | { readonly kind: 'forgotten'; readonly functionName: string }
  | {
      readonly kind: 'answered';
      readonly id: string;
      readonly failed: boolean;
      readonly payload: string;
      readonly outside: OutsideCalls;
      /** What the thread has used of the processor since it told last. */
      readonly processorMicroseconds: number;
    }
  | { readonly kind: 'abandoned'; readonly id: string }
  /** A request to the endpoint, and its number among those of the thread. */
  | { readonly kind: 'handed'; readonly number: number; readonly request: GatewayRequest }
  | { readonly kind: 'logged'; readonly functionName: string; readonly line: string };

/** The header by which the gateway recognizes the invocation that a call belongs to. Added after signing. */
export const invocationHeader = 'x-quittance-invocation';
