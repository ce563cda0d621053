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

const oneOrMany = z.union([z.array(z.string()), z.string().transform((item) => [item])]);

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

/**
 * Reads a policy document.
 *
 * @param where The resource that holds it, for errors.
 * @throws Error when it holds what the embedded cloud does not understand: it must not be more lenient than AWS.
 */
export function compilePolicy(document: unknown, where: string): readonly Statement[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw new Error(`The policy of ${where} is not understood: ${z.prettifyError(parsed.error)}`);
  return parsed.data.Statement.map((statement) => {
    try {
      return compileStatement(statement);
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

function compileStatement(statement: z.infer<typeof statementSchema>): Statement {
  const { Effect, Action, NotAction, Resource, NotResource, Condition, Principal } = statement;
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

/** What is listed, or everything but what is listed; a trust policy lists no resource and means its role. */
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
