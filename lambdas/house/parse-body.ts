import { ProblemError } from './problem-error.ts';

/** API Gateway would pass up to 10 MB; hardly a request of ours comes near this. */
const usualBodyBytes = 64 * 1024;
/** Our deepest body has three levels; a parser's stack and a validator's time are not for strangers to spend. */
const deepestJson = 16;

/** The JSON of a request's body: bounded before it is parsed, base64-decoded where API Gateway encoded it. */
export function parseBody(
  body: string | undefined,
  isBase64Encoded: boolean,
  largestBodyBytes = usualBodyBytes,
): unknown {
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
  if (Buffer.byteLength(text) > largestBodyBytes) {
    throw new ProblemError('body_too_large', `The body may have at most ${largestBodyBytes} bytes.`);
  }
  // What is not UTF-8 or not a Unicode text arrives changed, so that two different ids might become one.
  if (text.includes('\ufffd') || !text.isWellFormed()) {
    throw new ProblemError('invalid_json', 'The body is not UTF-8.');
  }
  if (depthExceeds(text, deepestJson)) {
    throw new ProblemError('invalid_request', `The body may be nested at most ${deepestJson} levels deep.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError('invalid_json', 'The body is not a JSON document.');
  }
}

/** Counts brackets outside strings; cheap, and right for every valid JSON text. */
function depthExceeds(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}
