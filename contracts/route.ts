import type * as z from 'zod';

/** The scopes of api.md that the routes of this release need; resource server before the slash, scope after it. */
export const scopes = [
  'tokens/write',
  'payments/create',
  'payments/manage',
  'payments/read',
  'giftcards/issue',
  'sellers/read',
  'sellers/write',
  'orders/read',
  'orders/write',
  'orders/fulfil',
  'operations/read',
  'operations/write',
] as const;

export type Scope = (typeof scopes)[number];

/** One route of the HTTP API: what the stack, the handler, openapi.json and the clients' types are made from. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** API Gateway's form, such as `/v1/payments/{id}`. */
  readonly path: string;
  /** The scope that opens it, or `open` for a route that needs no token. */
  readonly scope: Scope | 'open';
  /** The handler's file without its suffix: `lambdas/<capability>/<operation>.api.ts`. */
  readonly capability: string;
  readonly operation: string;
  readonly summary: string;
  /** Whether an Idempotency-Key is required. */
  readonly idempotent: boolean;
  readonly pathParameters?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** How many bytes the body may have; 64 KB unless given. */
  readonly largestBodyBytes?: number;
  /** Answers by status; problems are added by openapi.ts. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType }>>;
}
