import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** How the acquirer handles disputes. */
export interface DisputeSettings {
  /** How long after a capture the card that disputes does so. */
  readonly afterSeconds: number;
  /** What a chargeback costs, in minor units of whatever currency. */
  readonly fee: number;
  /** Whether the fee comes back when the merchant wins. */
  readonly feeReturned: boolean;
}

export const disputeSettingsBody = z.strictObject({
  afterSeconds: z
    .int()
    .min(0)
    .max(366 * 86_400)
    .exactOptional(),
  fee: z.int().min(0).max(1_000_000).exactOptional(),
  feeReturned: z.boolean().exactOptional(),
});

const usual: DisputeSettings = { afterSeconds: 3 * 86_400, fee: 1_500, feeReturned: false };

export interface DisputeSettingsBook {
  read(): DisputeSettings;
  /** Changes what is given, for good; answers all. */
  change(changes: z.infer<typeof disputeSettingsBody>): DisputeSettings;
}

/** The settings in the acquirer's database, as JSON under one name. */
export function disputeSettingsBook(database: DatabaseSync): DisputeSettingsBook {
  database.exec('CREATE TABLE IF NOT EXISTS disputeSettings (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;');
  const select = database.prepare('SELECT value FROM disputeSettings WHERE id = 1');
  const write = database.prepare(
    'INSERT INTO disputeSettings VALUES (1, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const read = (): DisputeSettings => {
    const stored = z.object({ value: z.string() }).optional().parse(select.get());
    return { ...usual, ...disputeSettingsBody.parse(stored === undefined ? {} : JSON.parse(stored.value)) };
  };
  return {
    read,
    change: (changes) => {
      const changed = { ...read(), ...changes };
      write.run(JSON.stringify(changed));
      return changed;
    },
  };
}
