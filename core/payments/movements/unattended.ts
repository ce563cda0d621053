/** How soon a movement that was begun is looked after, should whoever began it have died. */
const unattendedSeconds = 60;

/** When a movement that begins now is looked after by others, RFC 3339 UTC. */
export function unattendedAt(now: Date): string {
  return new Date(now.getTime() + unattendedSeconds * 1000).toISOString();
}
