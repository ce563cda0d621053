/** The environment variables of a function; values are strings or CloudFormation tokens. */
export type Environment = Readonly<Record<string, string>>;

/** Exactly the variables that a handler reads: its file exports them as `type Environment`. */
export type VariablesOf<HandlerEnvironment> = { readonly [Name in keyof HandlerEnvironment]: string };
