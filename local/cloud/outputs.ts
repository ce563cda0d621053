import * as z from 'zod';
import type { Assembly } from '../assembly/load-assembly.ts';
import type { Resource } from '../kernel/service.ts';

/** A machine client of the user pool as the operator is told of it. */
export interface MachineClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

export interface OutputsContext {
  readonly baseUrl: string;
  readonly assembly: Assembly;
  readonly clients: readonly MachineClient[];
  /** Base URLs of the simulators by name. */
  readonly simulatorUrls: Readonly<Record<string, string>>;
}

/** The answer of GET /_local/outputs; what the stack does not have yet is null or empty. */
export function describeOutputs({ baseUrl, assembly, clients, simulatorUrls }: OutputsContext) {
  return {
    apiUrl: baseUrl,
    socketUrl: null,
    consoleUrl: null,
    tokenUrl: clients.length > 0 ? `${baseUrl}/oauth2/token` : null,
    acquirerUrl: simulatorUrls['acquirer'] ?? null,
    bankUrl: simulatorUrls['bank'] ?? null,
    ratesUrl: simulatorUrls['rates'] ?? null,
    clients,
    users: [],
    demo: { sellerId: demoSeller(assembly.resources) },
  };
}

const withSellers = z.object({ Environment: z.object({ Variables: z.object({ SELLERS: z.string() }) }) });
const sellers = z.array(z.object({ id: z.string() })).min(1);

/** The first seller of the functions' configuration: the one that every stage has ready to be paid. */
function demoSeller(resources: readonly Resource[]): string | null {
  for (const { properties } of resources) {
    const configured = withSellers.safeParse(properties);
    if (configured.success)
      return sellers.parse(JSON.parse(configured.data.Environment.Variables.SELLERS))[0]?.id ?? null;
  }
  return null;
}
