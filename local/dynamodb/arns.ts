import { streamLabel } from '../assembly/resource-types.ts';
import type { ServiceOptions } from '../kernel/service.ts';

type Place = Pick<ServiceOptions, 'region' | 'accountId'>;

/** The ARN of a table by its name, whether or not there is such a table. */
export function tableArn(place: Place, tableName: string): string {
  return `arn:aws:dynamodb:${place.region}:${place.accountId}:table/${tableName}`;
}

/** The ARN of a table's stream, as the template's GetAtt StreamArn answers it: the same one for ever. */
export function streamArn(place: Place, tableName: string): string {
  return `${tableArn(place, tableName)}/stream/${streamLabel}`;
}

/** The table's name, from a name, a table's ARN, an index's ARN or a stream's ARN. */
export function tableNameOf(nameOrArn: string): string {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn;
  const [, name = ''] = nameOrArn.split('/');
  return name;
}
