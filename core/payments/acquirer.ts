/**
 * The port to the acquirer, the bank that puts our card transactions to the card networks. An acquirer has at least a
 * name and authorizes cards; what else it can do it declares by capability interfaces, and who needs a capability asks
 * for it by type or with its guard (`looksUpByReference`, `capturesAuthorizations` and so on).
 *
 * Every call carries a reference of ours, at most 64 printable ASCII characters, and is idempotent by it at the
 * acquirer, because a lost answer is answered by asking again about the same reference, never by a new attempt.
 */
export * from './acquirer/authorizations.ts';
export * from './acquirer/errors.ts';
export * from './acquirer/movements.ts';
export * from './acquirer/settlement.ts';
