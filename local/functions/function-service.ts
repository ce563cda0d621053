import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { AwsService, Call, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { AsynchronousInvocations } from './asynchronous-invocations.ts';
import { ConcurrencyLimits } from './concurrency.ts';
import { createFailureDestinations } from './failure-destinations.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { readFunctions } from './function-definition.ts';
import type { RoleCredentials } from './function-environment.ts';
import { toWorkerFunction } from './function-environment.ts';
import type { Outcome, WorkerHooks } from './function-worker.ts';
import type { Isolation } from './function-workers.ts';
import { FunctionWorkers } from './function-workers.ts';
import { LogFiles } from './log-files.ts';

export interface FunctionServiceOptions extends ServiceOptions {
  /** The gateway's base URL; asked when a worker starts, which is at the first invocation. */
  readonly awsEndpointUrl: () => string;
  readonly credentialsForRole: (roleArn: string) => RoleCredentials;
  /** Answers requests to the endpoint, which then take no connection. Without it they do. */
  readonly respond?: WorkerHooks['respond'];
  /** Default `shared`. */
  readonly isolation?: Isolation;
  /** Where bundles are kept as V8 has compiled them; several clouds may share it. Default: a folder of the data folder. */
  readonly compiledCodeDirectory?: string | undefined;
  /** Heap of the shared worker, default 512. */
  readonly sharedMemoryMegabytes?: number;
  /** Hears of every line of every function's log, beside the file. */
  readonly onLog?: (functionName: string, line: string) => void;
}

export interface FunctionService extends AwsService {
  /** Whether the invocation of this id (`x-quittance-invocation`) is under way: a dead one's calls are refused. */
  isInvocationAlive(id: string): boolean;
  /** Takes up the asynchronous invocations that an earlier process accepted. Call once, when the gateway listens. */
  start(): void;
  /** Imports all bundles, one after the other while nobody calls, so that no later request waits for it. Never rejects. */
  warmUp(): Promise<void>;
}

/** Lambda's quotas, in bytes. */
const largestSynchronousPayload = 6 * 1024 * 1024;
const largestAsynchronousPayload = 1024 * 1024;

/**
 * AWS Lambda: runs the template's functions from their bundles, as they are deployed.
 *
 * Invoke takes `{FunctionName, InvocationType?, Payload?}` and answers `{StatusCode, FunctionError?, Payload}`; payloads
 * are JSON text. What a function throws is an answer with FunctionError; an AwsError means that it did not run.
 */
export function createFunctionService(options: FunctionServiceOptions): FunctionService {
  // Lambda's sandboxes live in UTC. A thread takes its time zone from the process, when it starts.
  process.env['TZ'] = 'UTC';
  return new LocalFunctionService(options);
}

/** Who starts an instance and calls it at once waits for no more imports than the calls need. */
const quietMilliseconds = 500;

const invokeInput = z.object({
  FunctionName: z.string(),
  InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
  Payload: z.unknown().optional(),
  Qualifier: z.literal('$LATEST').optional(),
});

class LocalFunctionService implements FunctionService {
  readonly name = 'lambda';
  readonly targets = [];
  readonly #options: FunctionServiceOptions;
  readonly #functions: ReadonlyMap<string, FunctionDefinition>;
  readonly #concurrency: ConcurrencyLimits;
  /** By the machine's clock. */
  #lastCallAt = performance.now();
  readonly #workers: FunctionWorkers;
  readonly #asynchronous: AsynchronousInvocations;
  readonly #logFiles: LogFiles;
  readonly #alive = new Set<string>();

  constructor(options: FunctionServiceOptions) {
    const definitions = readFunctions(options.resources);
    this.#options = options;
    this.#functions = new Map(definitions.map((definition) => [definition.name, definition]));
    this.#concurrency = new ConcurrencyLimits(definitions);
    this.#logFiles = new LogFiles(join(options.dataDir, 'logs'), options.log, options.metering?.logged);
    this.#workers = this.#createWorkers();
    this.#asynchronous = new AsynchronousInvocations({
      ...options,
      find: (functionName) => this.#functions.get(functionName),
      invoke: (definition, id, payload) => this.#run(definition, id, payload, false),
      sendFailure: createFailureDestinations(options),
    });
  }

  access(call: Call) {
    const given = call.input['FunctionName'];
    const name = typeof given === 'string' ? given : '*';
    return [
      {
        action: 'lambda:InvokeFunction',
        resource: this.#functions.get(functionNameOf(name))?.arn ?? this.#arnOf(name),
      },
    ];
  }

  async handle(call: Call): Promise<JsonObject> {
    if (call.operation !== 'Invoke') {
      throw new AwsError(
        'UnknownOperationException',
        `The embedded cloud's Lambda does not serve ${call.operation}.`,
        404,
      );
    }
    const parsed = invokeInput.safeParse(call.input);
    if (!parsed.success) throw new AwsError('InvalidParameterValueException', z.prettifyError(parsed.error));
    const definition = this.#find(parsed.data.FunctionName);
    const payload = readPayload(parsed.data.Payload);
    const type = parsed.data.InvocationType;
    switch (type) {
      case 'RequestResponse':
        refuseLarge(payload, largestSynchronousPayload, type);
        return toAnswer(await this.#run(definition, randomUUID(), payload, true));
      case 'Event':
        refuseLarge(payload, largestAsynchronousPayload, type);
        this.#asynchronous.accept(randomUUID(), definition.name, payload);
        return { StatusCode: 202 };
      case 'DryRun':
        return { StatusCode: 204 };
      default:
        return type satisfies never;
    }
  }

  isInvocationAlive(id: string): boolean {
    return this.#alive.has(id);
  }

  start(): void {
    this.#asynchronous.resume();
  }

  async warmUp(): Promise<void> {
    try {
      for (const definition of this.#functions.values()) {
        await this.#untilQuiet();
        await this.#workers.import(definition);
      }
    } catch (error) {
      this.#options.log(`Warming up stopped: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** An import holds up the thread that functions share: it waits until nobody has called for a while. */
  async #untilQuiet(): Promise<void> {
    const isQuiet = () => this.#alive.size === 0 && performance.now() - this.#lastCallAt > quietMilliseconds;
    while (!isQuiet()) await delay(quietMilliseconds / 5, undefined, { ref: false });
  }

  busy(): boolean {
    return this.#alive.size > 0 || this.#asynchronous.busy();
  }

  async close(): Promise<void> {
    this.#asynchronous.close();
    await this.#workers.close();
    await this.#logFiles.flush();
  }

  /** `waitedFor`: its caller waits for its answer. */
  async #run(definition: FunctionDefinition, id: string, payload: string, waitedFor: boolean): Promise<Outcome> {
    const release = this.#concurrency.take(definition);
    const measured = this.#options.metering?.invocation(definition.name, id, waitedFor);
    this.#alive.add(id);
    this.#lastCallAt = performance.now();
    try {
      const outcome = limitAnswer(await this.#workers.run(definition, id, payload));
      measured?.end(outcome);
      return outcome;
    } finally {
      this.#alive.delete(id);
      this.#lastCallAt = performance.now();
      release();
    }
  }

  #createWorkers(): FunctionWorkers {
    const { clock, dataDir, region, awsEndpointUrl, credentialsForRole, respond, onLog, log, metering } = this.#options;
    const clockOffset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
    // One aligned 64-bit float is read and written whole on every machine that Node runs on.
    const offset = new Float64Array(clockOffset);
    offset[0] = clock.offset();
    clock.onShift((milliseconds) => (offset[0] = milliseconds));
    return new FunctionWorkers({
      isolation: this.#options.isolation ?? 'shared',
      sharedMemoryMegabytes: this.#options.sharedMemoryMegabytes ?? 512,
      settings: () => ({
        clockOffset,
        awsEndpointUrl: awsEndpointUrl(),
        handsOver: respond !== undefined,
        cacheDirectory: this.#options.compiledCodeDirectory ?? join(dataDir, 'functions', 'compile-cache'),
      }),
      toWorkerFunction: (definition) =>
        toWorkerFunction(definition, {
          region,
          awsEndpointUrl: awsEndpointUrl(),
          credentials: credentialsForRole(definition.roleArn),
        }),
      hooks: {
        ...{ log, respond },
        onProcessorTime: (microseconds) => metering?.functionsUsed(microseconds),
        onLine: (functionName, line) => {
          this.#logFiles.append(functionName, line);
          onLog?.(functionName, line);
        },
      },
    });
  }

  #find(functionName: string): FunctionDefinition {
    const definition = this.#functions.get(functionNameOf(functionName));
    if (definition) return definition;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${this.#arnOf(functionName)}`, 404, {
      Type: 'User',
    });
  }

  #arnOf(functionName: string): string {
    return `arn:aws:lambda:${this.#options.region}:${this.#options.accountId}:function:${functionNameOf(functionName)}`;
  }
}

/** The name within a name, an ARN or a partial ARN, with or without `:$LATEST`; other qualifiers lead nowhere. */
function functionNameOf(reference: string): string {
  const withoutVersion = reference.replace(/:\$LATEST$/u, '');
  return (
    /^(?:arn:[^:]+:lambda:[^:]+:)?(?:\d{12}:)?function:(?<name>[^:]+)$/u.exec(withoutVersion)?.groups?.['name'] ??
    withoutVersion
  );
}

/**
 * A payload is JSON text, as in AWS's API; a caller within the cloud may hand in an object or list as it is. Without
 * one the handler gets an empty object.
 */
function readPayload(payload: unknown): string {
  if (payload === undefined || payload === '') return '{}';
  if (typeof payload !== 'string') return JSON.stringify(payload);
  try {
    parseJson(payload);
    return payload;
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.', 400, {
      Type: 'User',
    });
  }
}

function refuseLarge(payload: string, limit: number, type: string): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes <= limit) return;
  const message = `${bytes} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
  throw new AwsError('RequestTooLargeException', message, 413, { Type: 'User' });
}

/** Lambda limits what a function answers as it limits what it is given. */
function limitAnswer(outcome: Outcome): Outcome {
  const limit = largestSynchronousPayload + 100;
  if (Buffer.byteLength(outcome.payload) <= limit) return outcome;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${limit} bytes).`;
  const payload = JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  return { ...outcome, failed: true, payload };
}

function toAnswer({ failed, payload }: Outcome): JsonObject {
  return {
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    ...(failed && { FunctionError: 'Unhandled' }),
    Payload: payload,
  };
}
