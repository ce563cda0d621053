import type { IncomingMessage, ServerResponse } from 'node:http';
import { createDynamoDbService } from '../dynamodb/dynamodb-service.ts';
import { createFunctionService } from '../functions/function-service.ts';
import type { FunctionService } from '../functions/function-service.ts';
import type { Credentials } from '../gateway/credentials.ts';
import type { AwsService, ServiceOptions } from '../kernel/service.ts';
import { createKmsService } from '../kms/kms-service.ts';
import type { MachineClient } from './outputs.ts';
import type { Worker } from './settling.ts';

export interface Services {
  readonly functions: FunctionService;
  readonly tokenUrl: string | null;
  readonly clients: readonly MachineClient[];
  /** Answers a request of the main port that is not `/_local`'s. */
  serveHttp(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** The workflows' runs, and one with its states. */
  executions(): Promise<unknown>;
  execution(id: string): Promise<unknown>;
  /** Takes up what an earlier process left unfinished. Called once, when all services can be reached. */
  start(): void;
  /** Everything that may have work under way, the services among it. */
  readonly workers: readonly Worker[];
}

export interface ServicesOptions extends ServiceOptions {
  /** Where each service is put as soon as it is there, for the dispatcher. */
  readonly registry: Map<string, AwsService>;
  readonly gatewayUrl: string;
  /** Where the API is. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Takes what has to be closed at the end, the last one first. */
  readonly opened: AsyncDisposableStack;
}

/** Makes all services of the template, those that others call first. */
export async function createServices(options: ServicesOptions): Promise<Services> {
  const { registry, gatewayUrl, credentials, opened } = options;
  const workers: Worker[] = [];
  const keep = <T extends Worker & Pick<AwsService, 'close'>>(service: T): T => {
    workers.push(service);
    opened.defer(() => service.close?.());
    return service;
  };
  const serve = <T extends AwsService>(service: T): T => {
    registry.set(service.name, service);
    return keep(service);
  };

  serve(createKmsService(options));
  serve(await createDynamoDbService(options));
  const functions = serve(
    createFunctionService({
      ...options,
      awsEndpointUrl: () => gatewayUrl,
      credentialsForRole: (roleArn) => credentials.forRole(roleArn),
    }),
  );
  return {
    functions,
    workers,
    tokenUrl: null,
    clients: [],
    serveHttp: (_request, response) => {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
      return Promise.resolve();
    },
    executions: () => Promise.resolve({ data: [] }),
    execution: () => Promise.resolve(undefined),
    start: () => {
      functions.start();
    },
  };
}
