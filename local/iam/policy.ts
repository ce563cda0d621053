import * as z from 'zod';
import { compileConditions, conditionSchema } from './conditions.ts';
import type { ConditionContext } from './conditions.ts';
import type { Matcher } from './patterns.ts';
import { actionPattern, arnPattern } from './patterns.ts';

/** Whom a resource policy speaks of: everybody, or accounts and roles and services by name. */
export type Principals = '*' | { readonly aws: readonly string[]; readonly services: readonly string[] };

/** A policy's statement, made ready to be asked. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly matchesAction: Matcher;
  readonly matchesResource: Matcher;
  readonly holds: (context: ConditionContext) => boolean;
  /** Only in the policies of resources, and there always. */
  readonly principals: Principals | undefined;
}

/** An empty list is no list: AWS refuses it, and "everything but nothing" would be everything. */
const oneOrMany = z.union([z.array(z.string()).min(1), z.string().transform((item) => [item])]);

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany.optional(),
  NotAction: oneOrMany.optional(),
  Resource: oneOrMany.optional(),
  NotResource: oneOrMany.optional(),
  Condition: conditionSchema.optional(),
  Principal: z
    .union([
      z.literal('*'),
      z.strictObject({ AWS: oneOrMany.optional(), Service: oneOrMany.optional(), Federated: oneOrMany.optional() }),
    ])
    .optional(),
});

const documentSchema = z.looseObject({
  Statement: z.union([z.array(statementSchema), statementSchema.transform((statement) => [statement])]),
});

/** What a statement is about: resources that it names, or what holds the policy, such as the role of a trust policy. */
export type About = 'namedResources' | 'itsHolder';

/**
 * Reads a policy document.
 *
 * @param where The resource that holds it, for errors.
 * @throws Error when AWS would refuse it, or it holds what the embedded cloud does not understand: it must not be more
 * lenient than AWS.
 */
export function compilePolicy(document: unknown, where: string, about: About = 'namedResources'): readonly Statement[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw new Error(`The policy of ${where} is not understood: ${z.prettifyError(parsed.error)}`);
  return parsed.data.Statement.map((statement) => {
    try {
      return compileStatement(statement, about);
    } catch (error) {
      throw new Error(
        `The policy of ${where} is not understood: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
  });
}

function compileStatement(statement: z.infer<typeof statementSchema>, about: About): Statement {
  const { Effect, Action, NotAction, Resource, NotResource, Condition, Principal } = statement;
  requireExactlyOne({ Action, NotAction });
  if (about === 'namedResources') requireExactlyOne({ Resource, NotResource });
  else if (Resource ?? NotResource) throw new Error('it means what holds it, and may not name a Resource');
  if (JSON.stringify([Resource, NotResource, Condition]).includes('${'))
    throw new Error('policy variables are not served');
  return {
    effect: Effect,
    matchesAction: oneOf(Action, NotAction, actionPattern),
    matchesResource: oneOf(Resource, NotResource, arnPattern),
    holds: compileConditions(Condition ?? {}),
    principals: toPrincipals(Principal),
  };
}

/** Neither would mean everything, and of both one would be passed over in silence. */
function requireExactlyOne(elements: Readonly<Record<string, readonly string[] | undefined>>): void {
  const given = Object.values(elements).filter((element) => element !== undefined);
  if (given.length !== 1) throw new Error(`a statement needs exactly one of ${Object.keys(elements).join(' and ')}`);
}

/** What is listed, or everything but what is listed; what lists nothing is about its holder alone. */
function oneOf(
  listed: readonly string[] | undefined,
  unlisted: readonly string[] | undefined,
  compile: (pattern: string) => Matcher,
): Matcher {
  const matchers = (listed ?? unlisted ?? ['*']).map(compile);
  const isListed = (value: string) => matchers.some((matches) => matches(value));
  return unlisted && !listed ? (value) => !isListed(value) : isListed;
}

function toPrincipals(principal: z.infer<typeof statementSchema>['Principal']): Principals | undefined {
  if (principal === undefined || principal === '*') return principal;
  const { AWS: aws = [], Service: services = [] } = principal;
  return aws.includes('*') ? '*' : { aws, services };
}
