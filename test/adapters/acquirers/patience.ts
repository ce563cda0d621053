/** How long most callers wait for an acquirer, and those that are to see no answer. */
export const patienceMilliseconds = 8_000;
export const impatienceMilliseconds = 250;
/** Within the patience, and longer than a busy machine takes to lose patience and look twice. */
export const lateMilliseconds = 5_000;
