import { devNull } from 'node:os';
import type { FunctionDefinition } from './function-definition.ts';
import type { WorkerFunction } from './messages.ts';

/** What the SDK of a function signs its calls with. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Surroundings {
  readonly region: string;
  readonly awsEndpointUrl: string;
  readonly credentials: RoleCredentials;
}

/** A function as its worker runs it, with the environment that Lambda would give it. */
export function toWorkerFunction(definition: FunctionDefinition, surroundings: Surroundings): WorkerFunction {
  return {
    name: definition.name,
    arn: definition.arn,
    directory: definition.directory,
    handler: definition.handler,
    memoryMegabytes: definition.memoryMegabytes,
    timeoutMilliseconds: definition.timeoutSeconds * 1_000,
    environment: buildEnvironment(definition, surroundings),
    logFormat: definition.logFormat,
    logLevel: definition.logLevel,
  };
}

function buildEnvironment(definition: FunctionDefinition, surroundings: Surroundings): Record<string, string> {
  const { region, awsEndpointUrl, credentials } = surroundings;
  return {
    ...definition.variables,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: '[$LATEST]local',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: awsEndpointUrl,
    // A sandbox has no home with AWS settings in it; the developer's own must not change how a function behaves.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    LAMBDA_TASK_ROOT: definition.directory,
    _HANDLER: definition.handler,
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
  };
}
