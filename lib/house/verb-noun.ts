/** `authorize-card` as the id of a construct: `AuthorizeCard`. */
export function toPascalCase(verbNoun: string): string {
  return verbNoun.replace(/(?:^|-)([a-z0-9])/gu, (_match, letter: string) => letter.toUpperCase());
}

/** `authorize-card` as a heading of the runbook: `Authorize card`. */
export function toSentence(verbNoun: string): string {
  const words = verbNoun.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The anchor that a Markdown heading gets: `Authorize card fails` is `authorize-card-fails`. */
export function toAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}
