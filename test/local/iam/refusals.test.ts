import { describe, expect, test } from '@jest/globals';
import { createIam } from '../../../local/iam/iam.ts';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { place, roleOf } from './roles-given.ts';

describe('what is not understood is refused at start', () => {
  const policy = (statement: JsonObject) =>
    roleOf({
      Policies: [
        {
          PolicyName: 'P',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'a:B', Resource: '*', ...statement }] },
        },
      ],
    });

  test.each<[string, Resource, string]>([
    [
      'a condition operator',
      policy({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      'the condition operator IpAddress is not served',
    ],
    ['a policy variable', policy({ Resource: 'arn:aws:s3:::${aws:username}' }), 'policy variables are not served'],
    ['an unknown element', policy({ NotPrincipal: '*' }), 'NotPrincipal'],
    [
      'a managed policy of AWS',
      roleOf({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      'AdministratorAccess, which is not served',
    ],
    [
      'a permissions boundary',
      roleOf({ PermissionsBoundary: 'arn:aws:iam::000000000000:policy/p' }),
      'permissions boundaries are not served',
    ],
  ])('%s', (_, resource, reason) => {
    expect(() => createIam([resource], place)).toThrow(reason);
  });
});
