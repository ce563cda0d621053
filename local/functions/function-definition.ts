import * as z from 'zod';
import type { Resource } from '../kernel/service.ts';
import type { LogLevel } from './messages.ts';
import { logLevels } from './messages.ts';

/** A function of the template. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  /** Absolute path of the bundle's folder. */
  readonly directory: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly variables: Readonly<Record<string, string>>;
  /** Undefined: the function draws from what the account has left. */
  readonly reservedConcurrency: number | undefined;
  readonly logFormat: 'JSON' | 'Text';
  readonly logLevel: LogLevel;
  readonly logGroupName: string;
  readonly asynchronous: AsynchronousSettings;
}

/** What becomes of asynchronous invocations that fail. */
export interface AsynchronousSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** ARN of a queue that gets the event alone. */
  readonly deadLetterQueueArn: string | undefined;
  /** ARN of a queue that gets a record of the invocation with its event. */
  readonly onFailureQueueArn: string | undefined;
}

const properties = z.object({
  Code: z.object({ AssetPath: z.string() }),
  Handler: z.string(),
  Role: z.string(),
  Runtime: z.string().startsWith('nodejs'),
  Timeout: z.coerce.number().int().min(1).max(900).default(3),
  MemorySize: z.coerce.number().int().min(128).max(10_240).default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).default({ Variables: {} }),
  ReservedConcurrentExecutions: z.coerce.number().int().min(0).optional(),
  LoggingConfig: z
    .object({
      LogFormat: z.enum(['JSON', 'Text']).default('Text'),
      ApplicationLogLevel: z.enum(logLevels).default('INFO'),
      LogGroup: z.string().optional(),
    })
    .default({ LogFormat: 'Text', ApplicationLogLevel: 'INFO' }),
  DeadLetterConfig: z.object({ TargetArn: z.string() }).optional(),
});

const eventInvokeConfig = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(2).default(2),
  MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(21_600).default(21_600),
  DestinationConfig: z
    .object({
      OnFailure: z.object({ Destination: z.string() }).optional(),
      OnSuccess: z.undefined({ error: 'on-success destinations are not served' }).optional(),
    })
    .default({}),
});

/** All functions of the template. Throws with the function's name when one could not be run as AWS would run it. */
export function readFunctions(resources: readonly Resource[]): FunctionDefinition[] {
  const configs = resources.filter(({ type }) => type === 'AWS::Lambda::EventInvokeConfig').map(readEventInvokeConfig);
  return resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map((resource) => readFunction(resource, configs));
}

function readFunction(resource: Resource, configs: readonly z.infer<typeof eventInvokeConfig>[]): FunctionDefinition {
  const read = parse(resource, properties);
  const name = resource.physicalId;
  const config = configs.find(({ FunctionName }) => FunctionName === name || FunctionName === resource.arn);
  refuseVariables(name, read.Environment.Variables);
  return {
    name,
    arn: resource.arn,
    directory: read.Code.AssetPath,
    handler: read.Handler,
    roleArn: read.Role,
    timeoutSeconds: read.Timeout,
    memoryMegabytes: read.MemorySize,
    variables: read.Environment.Variables,
    reservedConcurrency: read.ReservedConcurrentExecutions,
    logFormat: read.LoggingConfig.LogFormat,
    logLevel: read.LoggingConfig.ApplicationLogLevel,
    logGroupName: read.LoggingConfig.LogGroup ?? `/aws/lambda/${name}`,
    asynchronous: {
      maximumRetryAttempts: config?.MaximumRetryAttempts ?? 2,
      maximumEventAgeSeconds: config?.MaximumEventAgeInSeconds ?? 21_600,
      deadLetterQueueArn: readQueueArn(name, read.DeadLetterConfig?.TargetArn),
      onFailureQueueArn: readQueueArn(name, config?.DestinationConfig.OnFailure?.Destination),
    },
  };
}

function readEventInvokeConfig(resource: Resource): z.infer<typeof eventInvokeConfig> {
  return parse(resource, eventInvokeConfig);
}

function parse<T extends z.ZodType>(resource: Resource, schema: T): z.infer<T> {
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  throw new Error(`${resource.type} ${resource.logicalId} cannot be served: ${z.prettifyError(result.error)}`);
}

function readQueueArn(name: string, arn: string | undefined): string | undefined {
  if (arn === undefined || /^arn:[^:]+:sqs:/u.test(arn)) return arn;
  throw new Error(`Function ${name} sends failed events to ${arn}; only SQS queues are served.`);
}

/** Names that Lambda keeps for itself: a deployment with one of them would fail. */
const reservedVariables =
  /^(AWS_(REGION|DEFAULT_REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|EXECUTION_ENV|LAMBDA_.*)|_HANDLER|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/u;
/** Lambda's quota for all of a function's variables together. */
const largestVariablesBytes = 4_096;

function refuseVariables(name: string, variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).find((key) => reservedVariables.test(key));
  if (reserved !== undefined) throw new Error(`Function ${name} sets ${reserved}, which Lambda keeps for itself.`);
  const bytes = Object.entries(variables).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes > largestVariablesBytes) {
    throw new Error(
      `Function ${name} has ${bytes} bytes of environment variables; Lambda takes ${largestVariablesBytes}.`,
    );
  }
}
