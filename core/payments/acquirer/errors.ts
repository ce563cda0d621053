/** The names under which the errors below reach a workflow's ErrorEquals. */
export const acquirerErrorNames = {
  outcomeUnknown: 'AcquirerOutcomeUnknown',
  unavailable: 'AcquirerUnavailable',
  requestRefused: 'AcquirerRequestRefused',
} as const;

/**
 * The request may have arrived: time-out, lost connection, server error, unreadable answer. Only a look-up or a
 * cancellation tells what became of it. Messages never hold anything of the card or of the acquirer's answer.
 */
export class AcquirerOutcomeUnknown extends Error {
  override readonly name = acquirerErrorNames.outcomeUnknown;
}

/** Certainly nothing was sent: the circuit is open, or the connection was refused before a byte. */
export class AcquirerUnavailable extends Error {
  override readonly name = acquirerErrorNames.unavailable;
}

/**
 * The acquirer read the request and calls it wrong (a malformed field, another amount under a used reference). It is a
 * broken invariant of ours, and repeating it is of no use. Because another request may stand under the reference,
 * a workflow treats it as it treats an unknown outcome.
 */
export class AcquirerRequestRefused extends Error {
  override readonly name = acquirerErrorNames.requestRefused;
}
