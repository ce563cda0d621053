import * as z from 'zod';
import type { Resource } from '../kernel/service.ts';
import { compilePolicy } from './policy.ts';
import type { Statement } from './policy.ts';

export interface Role {
  readonly name: string;
  /** What the role may do. */
  readonly statements: readonly Statement[];
  /** Who may assume it. */
  readonly trust: readonly Statement[];
}

const role = z.object({
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z.never({ error: 'permissions boundaries are not served' }).optional(),
});
const attachedPolicy = z.object({ PolicyDocument: z.unknown(), Roles: z.array(z.string()).default([]) });

/** AWS's own managed policies that templates may attach. They allow what has no service here: logs and traces. */
const managedByAws: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  [
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    allowAll(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']),
  ],
  ['arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess', allowAll(['xray:*'])],
]);

function allowAll(actions: readonly string[]): unknown {
  return { Statement: { Effect: 'Allow', Action: actions, Resource: '*' } };
}

/**
 * The template's roles by ARN, with everything that is attached to them.
 *
 * @throws Error naming a policy that is not understood, or that nobody has.
 */
export function readRoles(resources: readonly Resource[]): ReadonlyMap<string, Role> {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const managed = new Map(
    ofType('AWS::IAM::ManagedPolicy').map(({ arn, logicalId, properties }) => [
      arn,
      { ...attachedPolicy.parse(properties), logicalId },
    ]),
  );
  const attached = [
    ...ofType('AWS::IAM::Policy').map(({ logicalId, properties }) => ({
      ...attachedPolicy.parse(properties),
      logicalId,
    })),
    ...managed.values(),
  ];
  return new Map(
    ofType('AWS::IAM::Role').map(({ arn, physicalId: name, logicalId, properties }) => {
      const { AssumeRolePolicyDocument, Policies, ManagedPolicyArns } = parseRole(properties, logicalId);
      const byArn = (policyArn: string): readonly Statement[] => {
        const document = managed.get(policyArn)?.PolicyDocument ?? managedByAws.get(policyArn);
        if (document === undefined)
          throw new Error(`The role ${logicalId} has the managed policy ${policyArn}, which is not served.`);
        return compilePolicy(document, policyArn);
      };
      const statements = [
        ...Policies.flatMap(({ PolicyName, PolicyDocument }) =>
          compilePolicy(PolicyDocument, `${logicalId}/${PolicyName}`),
        ),
        ...ManagedPolicyArns.flatMap(byArn),
        ...attached
          .filter(({ Roles }) => Roles.includes(name))
          .flatMap((policy) => compilePolicy(policy.PolicyDocument, policy.logicalId)),
      ];
      const trust = compilePolicy(AssumeRolePolicyDocument, `${logicalId} (trust)`, 'itsHolder');
      return [arn, { name, statements, trust }];
    }),
  );
}

function parseRole(properties: unknown, logicalId: string): z.infer<typeof role> {
  const parsed = role.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`The role ${logicalId} is not understood: ${z.prettifyError(parsed.error)}`);
}
