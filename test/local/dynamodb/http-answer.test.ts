import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HttpAnswerReader } from '../../../local/dynamodb/http-answer.ts';

/** Hands an answer over in pieces, whose memory is used again as a connection does. */
function readInPieces(answer: Buffer, cuts: readonly number[]) {
  const reader = new HttpAnswerReader();
  const places = [...new Set(cuts.map((cut) => cut % answer.length)), answer.length].sort((a, b) => a - b);
  let from = 0;
  for (const place of places.filter((each) => each > 0)) {
    const piece = Buffer.from(answer.subarray(from, place));
    const read = reader.take(piece);
    piece.fill(0);
    if (place < answer.length) expect(read).toBeUndefined();
    else return read;
    from = place;
  }
  return undefined;
}

const withLength = (status: number, body: string) =>
  Buffer.from(`HTTP/1.1 ${status} Any\r\nServer: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

const inChunks = (status: number, body: string, size: number) => {
  const bytes = Buffer.from(body);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => {
    const chunk = bytes.subarray(index * size, (index + 1) * size);
    return Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
  });
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} Any\r\ntransfer-encoding: chunked\r\n\r\n`),
    ...chunks,
    Buffer.from('0\r\n\r\n'),
  ]);
};

describe('an answer of the DynamoDB server', () => {
  const body = fc.string({ unit: 'grapheme', maxLength: 300 });
  const status = fc.constantFrom(200, 400, 500);
  const cuts = fc.array(fc.nat());

  test('is the same in however many pieces it comes', () => {
    fc.assert(
      fc.property(status, body, cuts, (statusCode, text, places) => {
        expect(readInPieces(withLength(statusCode, text), places)).toEqual({ statusCode, body: text });
      }),
    );
  });

  test('is the same in chunks', () => {
    fc.assert(
      fc.property(status, body, fc.integer({ min: 1, max: 50 }), cuts, (statusCode, text, size, places) => {
        expect(readInPieces(inChunks(statusCode, text, size), places)).toEqual({ statusCode, body: text });
      }),
    );
  });

  test.each([
    ['no HTTP', 'SMTP ready\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['no chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('with %s is refused', (reason, text) => {
    expect(() => new HttpAnswerReader().take(Buffer.from(text))).toThrow(reason);
  });
});
