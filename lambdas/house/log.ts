/**
 * Structured logs: Lambda's JSON log format (set by the house construct) turns one object into one record with time,
 * level and request id. Values are field by field what the caller chose to log: never a body, a token or an envelope.
 */
export const log = {
  info: (message: string, fields: Readonly<Record<string, unknown>> = {}) => console.info({ message, ...fields }),
  warn: (message: string, fields: Readonly<Record<string, unknown>> = {}) => console.warn({ message, ...fields }),
  error: (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
    console.error({ message, ...describe(fields) }),
};

/** An error's name, message and stack; an Error itself would be logged as `{}` within an object. */
function describe(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error
        ? { name: value.name, message: redact(value.message), stack: redact(value.stack ?? '') }
        : value,
    ]),
  );
}

/** A last net under every message that is not ours: what looks like a card number is masked. */
function redact(text: string): string {
  return text.replace(/\b\d(?:[ -]?\d){11,18}\b/gu, '[number masked]');
}
