import type { FraudSettings } from '../../contracts/fraud.ts';
import type { KeptSettings } from '../../core/fraud/settings.ts';

export function presentSettings({ settings, ...kept }: KeptSettings): FraudSettings {
  return { object: 'fraud_settings', ...settings, ...kept };
}
