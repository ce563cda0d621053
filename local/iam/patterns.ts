/** Whether a value fits a pattern. */
export type Matcher = (value: string) => boolean;

/** `*` stands for any text, `?` for one character, everything else for itself. */
export function wildcard(pattern: string, flags = ''): Matcher {
  if (pattern === '*') return () => true;
  if (!/[*?]/u.test(pattern) && flags === '') return (value) => value === pattern;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/gu, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, `su${flags}`);
  return (value) => expression.test(value);
}

/** Actions are compared without regard to case. */
export function actionPattern(pattern: string): Matcher {
  return wildcard(pattern, 'i');
}

/** ARNs are compared part by part, so that a wildcard does not reach into the next part; the sixth is the rest. */
export function arnPattern(pattern: string): Matcher {
  const parts = arnParts(pattern);
  if (pattern === '*' || parts.length < 6) return wildcard(pattern);
  const matchers = parts.map((part) => wildcard(part));
  return (value) => {
    const valueParts = arnParts(value);
    return (
      valueParts.length === matchers.length && matchers.every((matches, index) => matches(valueParts[index] ?? ''))
    );
  };
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
