/** An error that AWS's own API would answer, with AWS's own code. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The code that SDK clients turn into an exception's name, such as `ConditionalCheckFailedException`. */
  readonly code: string;
  readonly statusCode: number;
  /** Further members of the error's body, such as CancellationReasons. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, statusCode = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
    this.details = details;
  }
}
