/** An error under a name of Lambda's own runtime, such as Runtime.ImportModuleError. */
export class RuntimeError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** An error as Lambda's Node runtime reports it; what is thrown need not be an Error. */
export function reportError(error: unknown): {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
} {
  if (
    error instanceof Error ||
    (typeof error === 'object' && error !== null && 'message' in error && 'name' in error)
  ) {
    const stack: unknown = Reflect.get(error, 'stack');
    return {
      errorType: String(error.name),
      errorMessage: String(error.message),
      trace: typeof stack === 'string' ? stack.split('\n') : [],
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}
