import type { Assembly } from './assembly.ts';
import { readable, resourcesOfType } from './assembly.ts';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Effect: string;
}

/** What each role of the platform stack may do, by the role's id without hash: sorted lines of `action resource`. */
export function grantsByRole(assembly: Assembly): ReadonlyMap<string, readonly string[]> {
  const grants = new Map<string, string[]>();
  for (const [, { Properties: properties }] of resourcesOfType(assembly.platform, 'AWS::IAM::Policy')) {
    const { Statement: statements } = properties['PolicyDocument'] as { Statement: Statement[] };
    const lines = statements.flatMap(({ Action: actions, Resource: resources }) =>
      [actions]
        .flat()
        .flatMap((action) => [resources].flat().map((resource) => `${action} ${readable(assembly, resource)}`)),
    );
    for (const role of properties['Roles'] as unknown[]) {
      const name = readable(assembly, role);
      grants.set(name, [...(grants.get(name) ?? []), ...lines].toSorted());
    }
  }
  return grants;
}
