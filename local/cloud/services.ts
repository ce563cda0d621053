import type { IncomingMessage, ServerResponse } from 'node:http';
import { createDynamoDbService } from '../dynamodb/dynamodb-service.ts';
import { createEventBus } from '../event-bus/event-bus.ts';
import { createEventSourceMappings } from '../event-source-mappings/event-source-mappings.ts';
import { createFunctionService } from '../functions/function-service.ts';
import type { FunctionService } from '../functions/function-service.ts';
import type { Credentials } from '../gateway/credentials.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { createHttpApi } from '../http-api/http-api.ts';
import type { AwsService, ServiceOptions } from '../kernel/service.ts';
import { createKmsService } from '../kms/kms-service.ts';
import { createQueueService } from '../queue/queue-service.ts';
import { createScheduler } from '../scheduler/scheduler.ts';
import { createStateMachineService } from '../state-machines/state-machine-service.ts';
import type { StateMachineService } from '../state-machines/state-machine-service.ts';
import { createUserPools } from '../user-pool/user-pools.ts';
import type { UserPools } from '../user-pool/user-pools.ts';
import type { Worker } from './settling.ts';

export interface Services {
  readonly functions: FunctionService;
  readonly stateMachines: StateMachineService;
  readonly userPools: UserPools;
  /** Everything that may have work under way, the services among it. */
  readonly workers: readonly Worker[];
  /** Answers a request of the main port that is not `/_local`'s: tokens and keys of user pools, and the API. */
  serveHttp(request: IncomingMessage, response: ServerResponse): void;
  /** Takes up what an earlier process left unfinished. Call once, when all services can be reached. */
  start(): void;
}

export interface ServicesOptions extends ServiceOptions {
  /** Where each service is put as soon as it is there, for the dispatcher. */
  readonly registry: Map<string, AwsService>;
  readonly gateway: Pick<Gateway, 'url' | 'respond'>;
  /** Where the API is. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly compiledCodeDirectory?: string | undefined;
  /** Takes what has to be closed at the end, the last one first. */
  readonly opened: AsyncDisposableStack;
}

type Closable = Worker & Pick<AwsService, 'close'>;

/** Makes all services of the template: first those that others call, so that they are closed last. */
export async function createServices(options: ServicesOptions): Promise<Services> {
  const { registry, gateway, baseUrl, credentials, opened } = options;
  const workers: Worker[] = [];
  const keep = <T extends Closable>(service: T): T => {
    workers.push(service);
    opened.defer(() => service.close?.());
    return service;
  };
  const serve = <T extends AwsService>(service: T): T => {
    registry.set(service.name, service);
    return keep(service);
  };

  serve(createKmsService(options));
  const streams = serve(await createDynamoDbService(options));
  const queues = serve(createQueueService(options));
  const functions = serve(
    createFunctionService({
      ...options,
      awsEndpointUrl: () => gateway.url,
      respond: gateway.respond,
      credentialsForRole: (roleArn) => credentials.forRole(roleArn),
    }),
  );
  const stateMachines = serve(createStateMachineService(options));
  const mappings = keep(createEventSourceMappings({ ...options, streams, queues }));
  const eventBus = serve(createEventBus(options));
  const scheduler = serve(createScheduler(options));
  const userPools = serve(createUserPools({ ...options, baseUrl: () => baseUrl }));
  const hasApi = options.resources.some(({ type }) => type === 'AWS::ApiGatewayV2::Api');
  const httpApi = hasApi ? keep(createHttpApi({ ...options, userPools })) : undefined;

  return {
    ...{ functions, stateMachines, userPools, workers },
    serveHttp: (request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      if (userPools.serves(path)) userPools.listener(request, response);
      else if (httpApi) httpApi.listener(request, response);
      else response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
    },
    start: () => {
      for (const starting of [functions, stateMachines, mappings, eventBus, scheduler]) starting.start();
    },
  };
}
