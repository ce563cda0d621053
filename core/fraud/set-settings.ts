import type { FraudSettingsBook } from './ports.ts';
import type { FraudSettings, KeptSettings } from './settings.ts';
import { fraudSettings } from './settings.ts';

interface SetSettingsRequest {
  readonly settings: FraudSettings;
  /** The version that was read before; 0 where there was none. */
  readonly version: number;
  readonly by: string;
}

/**
 * Sets what operators set, unless somebody else has since this one read it: then nothing is set, and it answers `changed`. The same
 * again, by the same operator, is answered as it was.
 */
export async function setSettings(
  book: FraudSettingsBook,
  { settings, version, by }: SetSettingsRequest,
  now: Date,
): Promise<{ readonly kind: 'set'; readonly kept: KeptSettings } | { readonly kind: 'changed' }> {
  const kept = { settings, version: version + 1, updatedAt: now.toISOString(), updatedBy: by };
  if ((await book.write(kept)) === 'written') return { kind: 'set', kept };
  const standing = await book.read();
  const isOwn = standing.version === kept.version && standing.updatedBy === by;
  return isOwn && isSame(standing.settings, settings) ? { kind: 'set', kept: standing } : { kind: 'changed' };
}

/** Parsed, both have their fields in the same order. */
function isSame(one: FraudSettings, other: FraudSettings): boolean {
  return JSON.stringify(fraudSettings.parse(one)) === JSON.stringify(fraudSettings.parse(other));
}
