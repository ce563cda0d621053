import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { nextSequence } from './sequence.ts';

/** What the acquirer keeps of one authorization: never the number or the security code, only the last four digits. */
export interface Authorization {
  readonly reference: string;
  /** What opened the reference: an authorization, or a cancellation that came first. */
  readonly operation: 'authorize' | 'cancel';
  readonly state: 'approved' | 'declined' | 'cancelled';
  /** The response code. */
  readonly code: string;
  /** Minor units; null with the currency where a cancellation came first. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly last4: string | null;
  readonly approvalCode: string | null;
  readonly networkReference: string | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

export interface AuthorizationBooks {
  /** Writes the authorization unless its reference is taken, and answers what then stands under the reference. */
  open(authorization: Authorization): Authorization;
  /** Turns an approved authorization into a cancelled one, leaves a tombstone where nothing was, and answers what stands. */
  cancel(reference: string, at: string): Authorization;
  find(reference: string): Authorization | undefined;
}

export const authorizationSchema = `
  CREATE TABLE IF NOT EXISTS authorizations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    amount INTEGER,
    currency TEXT,
    last4 TEXT,
    approvalCode TEXT,
    networkReference TEXT,
    expiresAt TEXT,
    createdAt TEXT NOT NULL
  ) STRICT;`;

const row = z.object({
  reference: z.string(),
  operation: z.enum(['authorize', 'cancel']),
  state: z.enum(['approved', 'declined', 'cancelled']),
  code: z.string(),
  amount: z.int().nullable(),
  currency: z.string().nullable(),
  last4: z.string().nullable(),
  approvalCode: z.string().nullable(),
  networkReference: z.string().nullable(),
  expiresAt: z.string().nullable(),
  createdAt: z.string(),
});

/** The authorizations in the acquirer's database. Each change is one statement. */
export function authorizationBooks(database: DatabaseSync): AuthorizationBooks {
  const insert = database.prepare(`
    INSERT INTO authorizations
      (sequence, reference, operation, state, code, amount, currency, last4, approvalCode, networkReference, expiresAt, createdAt)
    VALUES
      (${nextSequence}, :reference, :operation, :state, :code, :amount, :currency, :last4, :approvalCode, :networkReference,
       :expiresAt, :createdAt)
    ON CONFLICT (reference) DO NOTHING`);
  const cancel = database.prepare(`
    INSERT INTO authorizations (sequence, reference, operation, state, code, createdAt)
    VALUES (${nextSequence}, :reference, 'cancel', 'cancelled', 'cancelled', :at)
    ON CONFLICT (reference) DO UPDATE SET state = 'cancelled', code = 'cancelled' WHERE state = 'approved'`);
  const select = database.prepare('SELECT * FROM authorizations WHERE reference = ?');
  const standing = (reference: string): Authorization => row.parse(select.get(reference));
  return {
    open: (authorization) => {
      insert.run({ ...authorization });
      return standing(authorization.reference);
    },
    cancel: (reference, at) => {
      cancel.run({ reference, at });
      return standing(reference);
    },
    find: (reference) => row.optional().parse(select.get(reference)),
  };
}
