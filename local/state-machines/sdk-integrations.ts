import type { JsonObject } from '../kernel/service.ts';
import { callService } from './call-service.ts';
import type { Integration } from './call-service.ts';

interface SdkService {
  /** The service's name in the embedded cloud. */
  readonly name: string;
  /** What its errors begin with in a workflow: the name of its client in AWS's SDK for Java, which makes these calls. */
  readonly prefix: string;
  /** Whether its API writes members in camelCase; a task always writes PascalCase. */
  readonly camelCase: boolean;
}

const services: Readonly<Record<string, SdkService>> = {
  dynamodb: { name: 'dynamodb', prefix: 'DynamoDb', camelCase: false },
  eventbridge: { name: 'events', prefix: 'EventBridge', camelCase: false },
  kms: { name: 'kms', prefix: 'Kms', camelCase: false },
  lambda: { name: 'lambda', prefix: 'Lambda', camelCase: false },
  sfn: { name: 'states', prefix: 'Sfn', camelCase: true },
  sqs: { name: 'sqs', prefix: 'Sqs', camelCase: false },
};

/** `aws-sdk:<service>:<action>`: any action of a service that the embedded cloud has. Undefined for anything else. */
export function sdkIntegration(name: string): Integration | undefined {
  const [, serviceName = '', action = ''] = /^aws-sdk:([a-z]+):([a-z][A-Za-z]*)$/u.exec(name) ?? [];
  const service = services[serviceName];
  if (!service) return undefined;
  const operation = changeFirst(action, (letter) => letter.toUpperCase());
  const naming = { prefix: service.prefix, generic: `${service.prefix}Exception` };
  return async (taskArguments, { dispatch }) => {
    if (!service.camelCase) return callService(dispatch(service.name, operation, taskArguments), naming);
    const input = renameMembers(taskArguments, (letter) => letter.toLowerCase());
    const answer = await callService(dispatch(service.name, operation, input), naming);
    return renameMembers(answer, (letter) => letter.toUpperCase());
  };
}

function renameMembers(object: JsonObject, change: (letter: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [changeFirst(key, change), value]));
}

function changeFirst(word: string, change: (letter: string) => string): string {
  return change(word.slice(0, 1)) + word.slice(1);
}
