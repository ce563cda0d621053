import { createCredentials } from '../../../local/gateway/credentials.ts';
import { createDispatcher } from '../../../local/gateway/dispatcher.ts';
import { createGateway } from '../../../local/gateway/gateway.ts';
import type { IssuedCredentials } from '../../../local/gateway/credentials.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import type { Access, AwsService } from '../../../local/kernel/service.ts';

export interface AwsJsonEndpoint {
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: IssuedCredentials;
    readonly maxAttempts: 1;
    readonly disableHostPrefix: true;
  };
  /** The rights that the last call needed. */
  lastAccess(): readonly Access[];
  close(): Promise<void>;
}

/** Serves one service to a real SDK client through the real gateway; every right that is asked for is granted. */
export async function serveAwsJson(service: AwsService, clock: Pick<Clock, 'now'>): Promise<AwsJsonEndpoint> {
  let lastAccess: readonly Access[] = [];
  const services = new Map([[service.name, service]]);
  const credentials = createCredentials();
  const dispatch = createDispatcher({
    services,
    iam: { evaluate: () => ({ allowed: true }) },
    faults: { before: () => Promise.resolve(), after: () => Promise.resolve() },
    log: (line) => {
      throw new Error(line);
    },
  });
  const gateway = await createGateway({
    services,
    credentials,
    clock,
    dispatch: (name, call) => {
      lastAccess = service.access(call);
      return dispatch(name, call);
    },
  });
  return {
    clientOptions: {
      endpoint: gateway.url,
      region: 'eu-central-1',
      credentials: credentials.forOperator(),
      maxAttempts: 1,
      disableHostPrefix: true,
    },
    lastAccess: () => lastAccess,
    close: () => gateway.close(),
  };
}
