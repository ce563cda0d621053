import type { RouteDefinition } from './api-definition.ts';

/** The route that takes a request, and what its path parameters are, decoded. */
export interface RouteMatch {
  readonly route: RouteDefinition;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the route of a method and a raw path; undefined when none takes it. Throws URIError for a malformed path. */
export type MatchRoute = (method: string, rawPath: string) => RouteMatch | undefined;

interface CompiledRoute {
  readonly route: RouteDefinition;
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly kind: 'literal' | 'parameter' | 'greedy';
  readonly name: string;
}

/**
 * Routes as API Gateway selects them: the most specific path wins, segment by segment from the left (a literal before
 * a parameter before `{proxy+}`), then the method itself before ANY, and `$default` takes what is left.
 */
export function createMatcher(routes: readonly RouteDefinition[]): MatchRoute {
  const fallback = routes.find(({ path }) => path === undefined);
  const compiled = routes
    .flatMap((route) => (route.path === undefined ? [] : [{ route, segments: compile(route.path) }]))
    .toSorted(compareSpecificity);
  return (method, rawPath) => {
    const segments = rawPath.split('/').slice(1).map(decodeURIComponent);
    for (const { route, segments: pattern } of compiled) {
      if (route.method !== 'ANY' && route.method !== method) continue;
      const pathParameters = match(pattern, segments);
      if (pathParameters) return { route, pathParameters };
    }
    return fallback && { route: fallback, pathParameters: {} };
  };
}

function compile(path: string): Segment[] {
  return path
    .split('/')
    .slice(1)
    .map((segment): Segment => {
      const [, name, plus] = /^\{([^}+]+)(\+)?\}$/u.exec(segment) ?? [];
      if (name === undefined) return { kind: 'literal', name: segment };
      return { kind: plus === undefined ? 'parameter' : 'greedy', name };
    });
}

const rank = { literal: 0, parameter: 1, greedy: 2 } as const;

function compareSpecificity(left: CompiledRoute, right: CompiledRoute): number {
  const length = Math.min(left.segments.length, right.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank[left.segments[index]?.kind ?? 'greedy'] - rank[right.segments[index]?.kind ?? 'greedy'];
    if (difference !== 0) return difference;
  }
  return Number(left.route.method === 'ANY') - Number(right.route.method === 'ANY');
}

function match(pattern: readonly Segment[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, { kind, name }] of pattern.entries()) {
    const segment = segments[index];
    if (kind === 'greedy') {
      const rest = segments.slice(index).join('/');
      return rest === '' ? undefined : { ...parameters, [name]: rest };
    }
    if (kind === 'literal' ? segment !== name : !segment) return undefined;
    if (kind === 'parameter') parameters[name] = segment ?? '';
  }
  return segments.length === pattern.length ? parameters : undefined;
}
