/** Who calls, read from a verified access token of the user pool. */
export type Principal =
  /** A machine client (client credentials); `id` is its client id. */
  | { readonly kind: 'client'; readonly id: string; readonly scopes: readonly string[] }
  /** A person (authorization code); `id` is the token's subject. */
  | {
      readonly kind: 'user';
      readonly id: string;
      readonly scopes: readonly string[];
      readonly groups: readonly string[];
    };

/** Whether the caller is an operator: a person of that group, or a machine that holds an operations scope. */
export function isOperator(principal: Principal): boolean {
  switch (principal.kind) {
    case 'client':
      return principal.scopes.some((scope) => scope.startsWith('operations/'));
    case 'user':
      return principal.groups.includes('operators');
  }
}
