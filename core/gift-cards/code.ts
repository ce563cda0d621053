/**
 * The code that opens a gift card: 19 characters of Crockford's base 32 (95 bits) and a check character, in five groups
 * of four. https://www.crockford.com/base32.html: no I, L, O, U, so that it survives being read aloud and typed.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const payloadLength = 19;
const groupLength = 4;
const bitsPerCharacter = 5;
/** The least bytes that a code is made from. */
const codeBytes = 12;
/** Far more than people type between the characters; what is longer is not looked at. */
const longestCode = 64;

/** The code as it is shown, `7Q4K-…`, from the first 95 bits of random bytes. */
export function codeFromBytes(bytes: Uint8Array): string {
  if (bytes.length < codeBytes) throw new RangeError(`A code takes ${codeBytes} bytes`);
  const digits = Array.from({ length: payloadLength }, (_, index) => bitsAt(bytes, index * bitsPerCharacter));
  const text = [...digits, checkDigit(digits)].map((digit) => alphabet.charAt(digit)).join('');
  return (text.match(new RegExp(`.{${groupLength}}`, 'gu')) ?? []).join('-');
}

/**
 * The code without its groups, in capitals, as it is hashed; undefined when its length, a character or the check
 * character is wrong. Forgives case, spaces, hyphens, and O, I and L typed for 0 and 1.
 */
export function readCode(text: string): string | undefined {
  if (text.length > longestCode) return undefined;
  const canonical = text.toUpperCase().replace(/[\s-]/gu, '').replaceAll('O', '0').replace(/[IL]/gu, '1');
  const digits = Array.from(canonical, (character) => alphabet.indexOf(character));
  if (digits.length !== payloadLength + 1 || digits.includes(-1)) return undefined;
  return digits.at(-1) === checkDigit(digits.slice(0, -1)) ? canonical : undefined;
}

function bitsAt(bytes: Uint8Array, bit: number): number {
  const [first = 0, second = 0] = bytes.subarray(bit >> 3);
  return (((first << 8) | second) >> (16 - bitsPerCharacter - (bit & 7))) & 31;
}

/**
 * A weighted sum in the field of 32 elements. The weights are different powers of its generator, so that every single
 * wrong character and every exchange of two is caught (property tests).
 */
function checkDigit(digits: readonly number[]): number {
  return digits.reduce((sum, digit, index) => sum ^ timesGenerator(digit, index + 1), 0);
}

/** `digit` times the generator, `times` times over: modulo the primitive polynomial x^5 + x^2 + 1. */
function timesGenerator(digit: number, times: number): number {
  let product = digit;
  for (let count = 0; count < times; count += 1) product = product & 16 ? ((product << 1) ^ 37) & 31 : product << 1;
  return product;
}
