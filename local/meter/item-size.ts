import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';

/**
 * The size of an item in bytes as DynamoDB counts it for its request units: names and values, in UTF-8.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 *
 * `item` is in DynamoDB's JSON: `{"pk": {"S": "a"}}`. What is no attribute value counts nothing.
 */
export function itemBytes(item: JsonObject): number {
  let bytes = 0;
  // Of every item that is read or written: no list is made of its members.
  for (const name in item) bytes += Buffer.byteLength(name) + valueBytes(item[name]);
  return bytes;
}

function valueBytes(value: Json | undefined): number {
  if (!isJsonObject(value)) return 0;
  const type = firstName(value);
  const content = type === undefined ? undefined : value[type];
  switch (type) {
    case 'S':
      return textBytes(content);
    case 'N':
      return numberBytes(textOf(content));
    case 'B':
      return Buffer.byteLength(textOf(content), 'base64');
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
      return sum(content, textBytes);
    case 'NS':
      return sum(content, (each) => numberBytes(textOf(each)));
    case 'BS':
      return sum(content, (each) => Buffer.byteLength(textOf(each), 'base64'));
    case 'L':
      return containerBytes + sum(content, (each) => memberBytes + valueBytes(each));
    case 'M':
      return containerBytes + mapBytes(content);
    default:
      return 0;
  }
}

function firstName(value: JsonObject): string | undefined {
  for (const name in value) return name;
  return undefined;
}

/** A list or map costs three bytes whatever is in it, and each of its members one byte more. */
const containerBytes = 3;
const memberBytes = 1;

function mapBytes(content: Json | undefined): number {
  if (!isJsonObject(content)) return 0;
  return itemBytes(content) + memberBytes * Object.keys(content).length;
}

function sum(list: Json | undefined, bytesOf: (each: Json) => number): number {
  return isJsonArray(list) ? list.reduce<number>((bytes, each) => bytes + bytesOf(each), 0) : 0;
}

function textBytes(value: Json | undefined): number {
  return Buffer.byteLength(textOf(value));
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

const plainNumber = /^[1-9](?:\d*[1-9])?$/u;
const numberPattern = /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?:[eE](?<exponent>[+-]?\d+))?$/u;

/**
 * The documentation says "approximately" one byte, and one for every two significant digits. Measured on AWS to the
 * byte (https://github.com/nubo-db/dynamodb-conformance, src/item-size.ts): the digits before and behind the point are
 * counted apart, each rounded up, and a minus costs a byte. Zero is one byte.
 */
function numberBytes(text: string): number {
  // Most numbers are short and whole, without a zero at either end.
  if (plainNumber.test(text)) return 1 + Math.ceil(text.length / 2);
  const { sign, whole = '', fraction = '', exponent = '0' } = numberPattern.exec(text)?.groups ?? {};
  const digits = whole + fraction;
  if (!/[1-9]/u.test(digits)) return 1;
  const [before, behind] = splitAtPoint(digits, whole.length + Number(exponent));
  const integer = before.replace(/^0+/u, '');
  const rest = behind.replace(/0+$/u, '');
  const integerDigits = rest === '' ? integer.replace(/0+$/u, '').length : integer.length;
  const restDigits = integer === '' ? rest.replace(/^0+/u, '').length : rest.length;
  return 1 + Math.ceil(integerDigits / 2) + Math.ceil(restDigits / 2) + (sign === '-' ? 1 : 0);
}

/** Zeros that an exponent adds at an end are not significant, so none are written out. */
function splitAtPoint(digits: string, point: number): readonly [string, string] {
  if (point <= 0) return ['', digits];
  if (point >= digits.length) return [digits, ''];
  return [digits.slice(0, point), digits.slice(point)];
}
