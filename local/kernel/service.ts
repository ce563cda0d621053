import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Metering } from './metering.ts';
import type { Store } from './store.ts';

/** Who makes a call, as IAM sees it. */
export type Caller =
  /** The owner of this machine: the tests, the clock, start-up. Allowed everything. */
  | { readonly kind: 'operator' }
  /** A role of the template, assumed by a function, a workflow, a schedule or a rule. */
  | { readonly kind: 'role'; readonly roleArn: string }
  /** An AWS service calling under a resource policy, such as events.amazonaws.com sending to a queue. */
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn: string };

/** One right that a call needs. `action` as IAM writes it (`dynamodb:PutItem`), `resource` an ARN or `*`. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the call, such as `kms:EncryptionContext:tokenId`; several values for `dynamodb:LeadingKeys`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * A call to an AWS service, in the words of its API: `PutItem` and the request's JSON. Blobs are as its protocol has
 * them: base64 text in the JSON protocols (KMS), and for Lambda's Invoke the payload itself: `Payload` is JSON *text*,
 * both in the input and in the answer.
 */
export interface Call {
  readonly operation: string;
  readonly input: JsonObject;
  readonly caller: Caller;
}

/**
 * One AWS service. Every call, from a function's SDK or from another service, passes the dispatcher, which checks
 * `access` against IAM, meters, injects faults, and then hands it over: no service checks rights by itself.
 */
export interface AwsService {
  /** The IAM prefix, and the name used in faults and the meter: dynamodb, kms, states, sqs, events, lambda. */
  readonly name: string;
  /** What the `x-amz-target` header begins with for this service, such as `DynamoDB_20120810`. */
  readonly targets: readonly string[];
  /** The rights a call needs. */
  access(call: Call): readonly Access[];
  /** Does it. Throws AwsError for every error that AWS's own API would answer. */
  handle(call: Call): Promise<JsonObject>;
  /** Whether work is under way, or due now, that ends without further time passing on the clock. */
  busy?(): boolean;
  /** Ends timers, pollers and processes; what is durable stays on disk. */
  close?(): Promise<void>;
}

/** The one choke point: IAM, meter and faults sit here. `service` is an AwsService's name. */
export type Dispatch = (service: string, call: Call) => Promise<JsonObject>;

/** A resource of the synthesized template with its properties resolved to plain JSON. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** What `Ref` answers. */
  readonly physicalId: string;
  /** The ARN, or the physical id for a kind of resource that has none. */
  readonly arn: string;
}

/** What every service's factory takes: `createKmsService(options: ServiceOptions): AwsService`. */
export interface ServiceOptions {
  /** All resources of all stacks; a service picks its types. */
  readonly resources: readonly Resource[];
  readonly clock: Clock;
  readonly faults: Faults;
  readonly store: Store;
  readonly dispatch: Dispatch;
  /** Absolute path of the data folder; a service keeps files in a folder of its own name below it. */
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  /** A line for the operator's console. Never a payload. */
  readonly log: (line: string) => void;
  /** Counts what AWS would charge for; without it nothing is counted. */
  readonly metering?: Metering;
}
