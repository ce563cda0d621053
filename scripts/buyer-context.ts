import type { CreatePayment } from '../packages/client/index.ts';

/** Where a buyer is, for tests and load: an address and a device of each index's own, so that no velocity rule sees two. */
export function contextOf(index: number, deviceId: string, userAgent: string): CreatePayment['context'] {
  const ip = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  return { ip, deviceId, userAgent, billingCountry: 'DE', shippingCountry: 'DE' };
}
