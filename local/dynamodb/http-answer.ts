export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
}

interface Head {
  readonly statusCode: number;
  /** Where the body begins. */
  readonly length: number;
  /** Undefined for a body in chunks. */
  readonly bodyLength: number | undefined;
}

const endOfHead = '\r\n\r\n';
const endOfLine = '\r\n';

/** Reads one HTTP/1.1 answer from the pieces in which a connection hands it over. */
export class HttpAnswerReader {
  #seen: Buffer = Buffer.alloc(0);
  #head: Head | undefined;

  /**
   * Takes a piece, whose memory may be used again afterwards. Answers the whole answer when this was its last.
   *
   * @throws Error when it is no answer that a DynamoDB server gives.
   */
  take(piece: Buffer): HttpAnswer | undefined {
    const seen = this.#seen.length === 0 ? piece : Buffer.concat([this.#seen, piece]);
    this.#head ??= readHead(seen);
    const body = this.#head && readBody(seen, this.#head);
    if (this.#head && body !== undefined) return { statusCode: this.#head.statusCode, body };
    this.#seen = seen === piece ? Buffer.from(piece) : seen;
    return undefined;
  }
}

function readHead(seen: Buffer): Head | undefined {
  const end = seen.indexOf(endOfHead);
  if (end < 0) return undefined;
  const text = seen.toString('latin1', 0, end);
  const [, status] = /^HTTP\/1\.[01] (\d{3})/u.exec(text) ?? [];
  if (status === undefined) throw new Error('no HTTP');
  const [, bodyLength] = /\r\ncontent-length:[ \t]*(\d+)/iu.exec(text) ?? [];
  if (bodyLength === undefined && !/\r\ntransfer-encoding:[ \t]*chunked/iu.test(text)) throw new Error('no length');
  return {
    statusCode: Number(status),
    length: end + endOfHead.length,
    bodyLength: bodyLength === undefined ? undefined : Number(bodyLength),
  };
}

function readBody(seen: Buffer, { length, bodyLength }: Head): string | undefined {
  if (bodyLength === undefined) return readChunks(seen, length);
  return seen.length < length + bodyLength ? undefined : seen.toString('utf8', length, length + bodyLength);
}

/** Chunks end with an empty one; trailers behind it are of no interest. */
function readChunks(seen: Buffer, start: number): string | undefined {
  const chunks: Buffer[] = [];
  for (let position = start; ;) {
    const end = seen.indexOf(endOfLine, position);
    if (end < 0) return undefined;
    const size = Number.parseInt(seen.toString('latin1', position, end), 16);
    if (!Number.isInteger(size)) throw new Error('no chunk');
    const from = end + endOfLine.length;
    if (seen.length < from + size + endOfLine.length) return undefined;
    if (size === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(seen.subarray(from, from + size));
    position = from + size + endOfLine.length;
  }
}
