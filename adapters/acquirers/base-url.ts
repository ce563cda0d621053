/**
 * The base URL of an acquirer's API without trailing slashes. Throws a TypeError for what is no URL, so that a wrong
 * setting is found when the function starts and not in the middle of a payment.
 */
export function parseBaseUrl(value: string): string {
  const { origin, pathname } = new URL(value);
  return `${origin}${pathname}`.replace(/\/+$/u, '');
}
