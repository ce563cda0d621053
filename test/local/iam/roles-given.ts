import type { JsonObject, Resource } from '../../../local/kernel/service.ts';

export const place = { region: 'eu-central-1', accountId: '000000000000' };

/** A role without rights that nobody may assume, unless its properties say otherwise. */
export function roleOf(properties: JsonObject): Resource {
  return {
    stack: 'S',
    logicalId: 'R',
    type: 'AWS::IAM::Role',
    physicalId: 'R',
    arn: `arn:aws:iam::${place.accountId}:role/R`,
    properties: { AssumeRolePolicyDocument: { Statement: [] }, ...properties },
  };
}
