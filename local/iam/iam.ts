import type { Access, Caller, Resource } from '../kernel/service.ts';
import { AwsError } from '../kernel/aws-error.ts';
import type { ConditionContext } from './conditions.ts';
import { policiesOfResources } from './policies-of-resources.ts';
import type { Statement } from './policy.ts';
import { readRoles } from './roles.ts';

export type Decision =
  | { readonly allowed: true }
  /** `error` is what AWS answers. */
  | { readonly allowed: false; readonly error: AwsError };

export interface Iam {
  /** Whether a caller may do what a call needs: an explicit deny wins, and nothing is allowed that no policy allows. */
  evaluate(caller: Caller, access: Access): Decision;
  /** Whether a service may take a role for a resource of its own, by the role's trust policy. */
  mayAssume(roleArn: string, servicePrincipal: string, sourceArn: string): boolean;
  /** Whether there is such a role. */
  hasRole(roleArn: string): boolean;
}

/** Resources are named by callers too, so that the number of what is remembered has to have an end. */
const mostVerdicts = 10_000;

interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * IAM as far as templates need it: the policies of roles, and those of functions, queues and keys.
 *
 * @throws Error at once when a policy holds what is not understood, so that nothing is ever allowed by an oversight.
 */
export function createIam(resources: readonly Resource[], { region, accountId }: Place): Iam {
  const roles = readRoles(resources);
  const policies = policiesOfResources(resources);
  const rootArn = `arn:aws:iam::${accountId}:root`;

  const decide = (caller: Exclude<Caller, { kind: 'operator' }>, access: Access): Verdict => {
    const context = contextOf(caller, access, { region, accountId });
    const fits = (statement: Statement) =>
      statement.matchesAction(access.action) && statement.matchesResource(access.resource) && statement.holds(context);
    const onIdentity = caller.kind === 'role' ? (roles.get(caller.roleArn)?.statements ?? []).filter(fits) : [];
    const onResource = (policies.get(policyHolder(access.resource)) ?? []).filter(fits);
    const ofCaller = onResource.filter((statement) => names(statement, caller));
    if (onIdentity.some(isDeny)) return 'deniedByIdentity';
    if (ofCaller.some(isDeny)) return 'deniedByResource';
    if (ofCaller.some(isAllow)) return 'allowed';
    if (caller.kind === 'service') return 'notAllowedByResource';
    // A key's policy comes first: only a statement for the account's root lets IAM decide at all.
    const delegated =
      !access.resource.startsWith('arn:aws:kms:') ||
      onResource.some((one) => isAllow(one) && namesAccount(one, rootArn, accountId));
    if (!delegated) return 'notAllowedByResource';
    return onIdentity.some(isAllow) ? 'allowed' : 'notAllowedByIdentity';
  };

  const verdicts = new Map<string, Verdict>();
  /** The policies never change; only what a call says of itself beside action and resource may differ every time. */
  const recall = (caller: Exclude<Caller, { kind: 'operator' }>, access: Access): Verdict => {
    if (access.context !== undefined) return decide(caller, access);
    const who = caller.kind === 'role' ? caller.roleArn : `${caller.principal}\0${caller.sourceArn}`;
    // What a caller may choose comes last, so that no two questions can read the same.
    const question = `${caller.kind}\0${who}\0${access.action}\0${access.resource}`;
    const known = verdicts.get(question);
    if (known !== undefined) return known;
    const verdict = decide(caller, access);
    if (verdicts.size >= mostVerdicts) verdicts.clear();
    verdicts.set(question, verdict);
    return verdict;
  };

  return {
    hasRole: (roleArn) => roles.has(roleArn),
    evaluate: (caller, access) => {
      if (caller.kind === 'operator') return { allowed: true };
      const verdict = recall(caller, access);
      return verdict === 'allowed'
        ? { allowed: true }
        : { allowed: false, error: denied(caller, access, verdict, accountId) };
    },
    mayAssume: (roleArn, servicePrincipal, sourceArn) => {
      const caller: Caller = { kind: 'service', principal: servicePrincipal, sourceArn };
      const access = { action: 'sts:AssumeRole', resource: roleArn };
      const context = contextOf(caller, access, { region, accountId });
      const fitting = (roles.get(roleArn)?.trust ?? []).filter(
        (statement) => statement.matchesAction(access.action) && statement.holds(context) && names(statement, caller),
      );
      return fitting.some(isAllow) && !fitting.some(isDeny);
    },
  };
}

type Verdict = 'allowed' | 'deniedByIdentity' | 'deniedByResource' | 'notAllowedByIdentity' | 'notAllowedByResource';

const isDeny = ({ effect }: Statement) => effect === 'Deny';
const isAllow = ({ effect }: Statement) => effect === 'Allow';

/** A function's version and a key's alias are held by the function's policy and the key's; an index by its table's. */
function policyHolder(resource: string): string {
  return resource.startsWith('arn:aws:lambda:') ? resource.split(':').slice(0, 7).join(':') : resource;
}

function names({ principals }: Statement, caller: Exclude<Caller, { kind: 'operator' }>): boolean {
  if (principals === '*') return true;
  if (principals === undefined) return false;
  return caller.kind === 'role'
    ? principals.aws.includes(caller.roleArn)
    : principals.services.includes(caller.principal);
}

function namesAccount({ principals }: Statement, rootArn: string, accountId: string): boolean {
  return (
    principals !== undefined && principals !== '*' && principals.aws.some((one) => one === rootArn || one === accountId)
  );
}

/** The condition keys that every call has, and those of the call itself. */
function contextOf(
  caller: Exclude<Caller, { kind: 'operator' }>,
  access: Access,
  { region, accountId }: Place,
): ConditionContext {
  const global: Record<string, string> = {
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': accountId,
    // The template's own functions and services call; nothing of it leaves the machine.
    'aws:SecureTransport': 'true',
    ...(caller.kind === 'role'
      ? { 'aws:PrincipalArn': caller.roleArn, 'aws:PrincipalAccount': accountId, 'aws:PrincipalIsAWSService': 'false' }
      : { 'aws:SourceArn': caller.sourceArn, 'aws:SourceAccount': accountId, 'aws:PrincipalIsAWSService': 'true' }),
  };
  return new Map(
    Object.entries({ ...global, ...access.context }).map(([key, value]) => [
      key.toLowerCase(),
      typeof value === 'string' ? [value] : value,
    ]),
  );
}

function denied(
  caller: Exclude<Caller, { kind: 'operator' }>,
  access: Access,
  verdict: Exclude<Verdict, 'allowed'>,
  accountId: string,
): AwsError {
  const { action, resource } = access;
  const who =
    caller.kind === 'role'
      ? `arn:aws:sts::${accountId}:assumed-role/${caller.roleArn.split('/').at(-1) ?? ''}/local`
      : `${caller.principal} (for ${caller.sourceArn})`;
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${because(verdict, action)}`;
  return new AwsError('AccessDeniedException', message, action.startsWith('lambda:') ? 403 : 400);
}

function because(verdict: Exclude<Verdict, 'allowed'>, action: string): string {
  switch (verdict) {
    case 'deniedByIdentity':
      return 'with an explicit deny in an identity-based policy';
    case 'deniedByResource':
      return 'with an explicit deny in a resource-based policy';
    case 'notAllowedByIdentity':
      return `because no identity-based policy allows the ${action} action`;
    case 'notAllowedByResource':
      return `because no resource-based policy allows the ${action} action`;
  }
}
