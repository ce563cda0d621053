import * as z from 'zod';
import type { ObservedCall } from '../gateway/dispatcher.ts';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject, Resource } from '../kernel/service.ts';
import { Tally, others } from './tally.ts';

interface OperationSums {
  readonly service: string;
  readonly operation: string;
  count: number;
  /** How many of them failed, by the error's code. */
  readonly failures: Record<string, number>;
}

/** EventBridge and SQS charge each 64 KB of an event or request as one. */
const chunkBytes = 64 * 1024;

/** Keys whose requests cost as those of symmetric ones do: https://aws.amazon.com/kms/pricing/ */
const cheapKeySpecs = /^(?:SYMMETRIC_DEFAULT|HMAC_\d+|RSA_2048)$/u;

/** Errors that come before the service has done anything that it charges for. */
const freeFailures = /AccessDenied|Throttl|ProvisionedThroughput|TooManyRequests|LimitExceeded|UnrecognizedClient/u;

/** The calls that pass the dispatcher, and what is charged by their number and size alone. */
export class ServiceCalls {
  readonly #dearKeys: ReadonlySet<string>;
  readonly #streamReaders: ReadonlySet<string>;
  readonly #operations = new Tally<OperationSums>(() => newSums(others, others));
  charged = nothing();

  constructor(resources: readonly Resource[]) {
    const keys = resources.filter(({ type, properties }) => type === 'AWS::KMS::Key' && isDear(properties));
    this.#dearKeys = new Set(keys.map(({ arn }) => arn));
    this.#streamReaders = mappingRoles(resources);
  }

  observe(call: ObservedCall): void {
    const { service, operation, outcome } = call;
    const sums = this.#operations.of(`${service} ${operation}`, () => newSums(service, operation));
    sums.count += 1;
    if (outcome.kind === 'failed') {
      const known = Object.hasOwn(sums.failures, outcome.code) || Object.keys(sums.failures).length < mostCodes;
      const code = known ? outcome.code : others;
      sums.failures[code] = (sums.failures[code] ?? 0) + 1;
      if (freeFailures.test(outcome.code)) return;
    }
    this.#charge(call);
  }

  report() {
    return this.#operations.list();
  }

  clear(): void {
    this.#operations.clear();
    this.charged = nothing();
  }

  #charge({ service, operation, input, accesses, outcome, caller }: ObservedCall): void {
    switch (service) {
      case 'kms':
        if (accesses.some(({ resource }) => this.#dearKeys.has(resource))) this.charged.kmsAsymmetricRequests += 1;
        else this.charged.kmsRequests += 1;
        return;
      case 'sqs':
        this.charged.sqsRequests += chunks(
          byteLength(input) + (outcome.kind === 'answered' ? byteLength(outcome.answer) : 0),
        );
        return;
      case 'events':
        if (operation === 'PutEvents' && outcome.kind === 'answered')
          this.charged.events += eventChunks(input, outcome.answer);
        return;
      case 'dynamodb':
        // Lambda reads streams for its event source mappings without charge; here they read as their function's role.
        if (operation === 'GetRecords' && !(caller.kind === 'role' && this.#streamReaders.has(caller.roleArn))) {
          this.charged.streamReads += 1;
        }
        return;
      default:
    }
  }
}

const mostCodes = 50;

function nothing() {
  return { kmsRequests: 0, kmsAsymmetricRequests: 0, sqsRequests: 0, events: 0, streamReads: 0 };
}

function newSums(service: string, operation: string): OperationSums {
  return { service, operation, count: 0, failures: {} };
}

function isDear({ KeySpec }: JsonObject): boolean {
  return typeof KeySpec === 'string' && !cheapKeySpecs.test(KeySpec);
}

const mapping = z.object({ FunctionName: z.string() });
const role = z.object({ Role: z.string() });

function mappingRoles(resources: readonly Resource[]): ReadonlySet<string> {
  const names = resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .map(({ properties }) => mapping.parse(properties).FunctionName);
  const readers = resources.filter(
    ({ type, arn, physicalId }) =>
      type === 'AWS::Lambda::Function' && (names.includes(arn) || names.includes(physicalId)),
  );
  return new Set(readers.map(({ properties }) => role.parse(properties).Role));
}

function chunks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / chunkBytes));
}

function byteLength(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Each entry that was taken, by its size. */
function eventChunks({ Entries }: JsonObject, answer: JsonObject): number {
  const results = isJsonArray(answer['Entries']) ? answer['Entries'] : [];
  const entries = isJsonArray(Entries) ? Entries : [];
  return entries.reduce<number>((sum, entry, position) => {
    const result = results[position];
    const taken = !isJsonObject(result) || result['ErrorCode'] === undefined;
    return sum + (taken ? chunks(byteLength(entry)) : 0);
  }, 0);
}
