/** Days in which the networks take an answer (../shared/domain-facts.md, "Cards"), by the brand of the card. */
const replyDays: Readonly<Record<string, number>> = {
  visa: 30,
  mastercard: 45,
  'american-express': 20,
  discover: 30,
};

/** Of networks that the table does not know: the shortest that it does. */
const shortestDays = Math.min(...Object.values(replyDays));

/** Until when an answer is taken. In: the card's brand, and when the dispute was opened. Out: RFC 3339 UTC. */
export function replyBy(brand: string | undefined, openedAt: string): string {
  const days = replyDays[brand ?? ''] ?? shortestDays;
  return new Date(Date.parse(openedAt) + days * 86_400_000).toISOString();
}
