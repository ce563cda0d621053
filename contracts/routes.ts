import * as z from 'zod';
import { disputeRoutes } from './disputes.ts';
import { exceptionRoutes } from './exceptions.ts';
import { fraudRoutes } from './fraud.ts';
import { fraudModelRoutes } from './fraud-models.ts';
import { fxRoutes } from './fx.ts';
import { giftCardRoutes } from './gift-cards.ts';
import { ledgerRoutes } from './ledger.ts';
import { movementRoutes } from './movements.ts';
import { paymentRoutes } from './payments.ts';
import type { Route } from './route.ts';
import { reviewRoutes } from './reviews.ts';
import { tokenRoutes } from './tokens.ts';

export const documentationRoutes = {
  getOpenapi: {
    method: 'GET',
    path: '/openapi.json',
    scope: 'open',
    capability: 'documentation',
    operation: 'get-openapi',
    summary: 'This document.',
    idempotent: false,
    answers: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
  },
} as const satisfies Record<string, Route>;

/** Every route of the API. The stack, the handlers' tests and openapi.json all read this one list. */
export const routes: readonly Route[] = [
  ...Object.values(documentationRoutes),
  ...Object.values(tokenRoutes),
  ...Object.values(paymentRoutes),
  ...Object.values(movementRoutes),
  ...Object.values(fxRoutes),
  ...Object.values(giftCardRoutes),
  ...Object.values(ledgerRoutes),
  ...Object.values(exceptionRoutes),
  ...Object.values(disputeRoutes),
  ...Object.values(reviewRoutes),
  ...Object.values(fraudRoutes),
  ...Object.values(fraudModelRoutes),
];
