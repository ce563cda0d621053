import * as z from 'zod';
import type { Resource } from '../kernel/service.ts';
import { compilePolicy } from './policy.ts';
import type { Statement } from './policy.ts';

/** Strict, because what else a permission may have narrows it: passed over, it would let in whom AWS keeps out. */
const permission = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceAccount: z.string().optional(),
  SourceArn: z.string().optional(),
});
const queuePolicy = z.object({ Queues: z.array(z.string()), PolicyDocument: z.unknown() });
const key = z.object({ KeyPolicy: z.unknown() });

/** The statements of the policies that hang on resources, by the resource's ARN. */
export function policiesOfResources(resources: readonly Resource[]): ReadonlyMap<string, readonly Statement[]> {
  const policies = new Map<string, readonly Statement[]>();
  const add = (arn: string, statements: readonly Statement[]) =>
    policies.set(arn, [...(policies.get(arn) ?? []), ...statements]);
  for (const resource of resources) {
    const { properties, logicalId } = resource;
    switch (resource.type) {
      case 'AWS::KMS::Key':
        add(resource.arn, compilePolicy(key.parse(properties).KeyPolicy ?? defaultKeyPolicy(resource.arn), logicalId));
        break;
      case 'AWS::SQS::QueuePolicy': {
        const { Queues, PolicyDocument } = queuePolicy.parse(properties);
        for (const url of Queues)
          add(arnOf(resources, 'AWS::SQS::Queue', url, logicalId), compilePolicy(PolicyDocument, logicalId));
        break;
      }
      case 'AWS::Lambda::Permission': {
        const parsed = parsePermission(properties, logicalId);
        add(arnOf(resources, 'AWS::Lambda::Function', parsed.FunctionName, logicalId), toStatements(parsed, logicalId));
        break;
      }
    }
  }
  return policies;
}

function parsePermission(properties: unknown, where: string): z.infer<typeof permission> {
  const parsed = permission.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`The permission ${where} is not understood: ${z.prettifyError(parsed.error)}`);
}

/** A key without a policy of its own gets AWS's default: the account's IAM policies decide. */
function defaultKeyPolicy(keyArn: string): unknown {
  const account = keyArn.split(':')[4] ?? '';
  return {
    Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
  };
}

function toStatements(
  { Action, Principal, SourceAccount, SourceArn }: z.infer<typeof permission>,
  where: string,
): readonly Statement[] {
  const document = {
    Statement: {
      Effect: 'Allow',
      Action,
      Principal: Principal.endsWith('.amazonaws.com') ? { Service: Principal } : { AWS: Principal },
      Condition: {
        ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
        ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
      },
    },
  };
  return compilePolicy(document, where, 'itsHolder');
}

/** Policies name their resource by name, URL or ARN. */
function arnOf(resources: readonly Resource[], type: string, reference: string, where: string): string {
  const found = resources.find(
    (resource) => resource.type === type && [resource.physicalId, resource.arn].includes(reference),
  );
  if (!found) throw new Error(`${where} speaks of ${reference}, which is no ${type} of the assembly.`);
  return found.arn;
}
