/** A time as DynamoDB's TTL wants it: whole seconds since 1970, rounded down so that nothing lives longer than meant. */
export function epochSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
