import { createHash } from 'node:crypto';

/** What other resources may ask of a resource before it exists. */
export interface Identity {
  /** What `Ref` answers. */
  readonly physicalId: string;
  /** The ARN, or the physical id for a kind of resource that has none. */
  readonly arn: string;
  /** What `Fn::GetAtt` answers, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a resource's identity is made of. */
export interface IdentityContext {
  readonly stack: string;
  readonly logicalId: string;
  readonly region: string;
  readonly accountId: string;
  /** Where queue URLs point: the SDK calls the host of a queue's URL, not its configured endpoint. */
  readonly queueUrlBase: string;
  /** A property that is a string once resolved, such as an explicit name; undefined when it is not set. */
  property(name: string): string | undefined;
}

/**
 * The name in the template, or `<stack>-<logicalId>`, cut to the service's limit with a hash at its end, so that two
 * long names that begin alike stay two.
 */
export function nameOf(context: IdentityContext, property: string, longest: number, suffix = ''): string {
  const explicit = context.property(property);
  if (explicit !== undefined) return explicit;
  const generated = `${context.stack}-${context.logicalId}`;
  if (generated.length + suffix.length <= longest) return generated + suffix;
  const hash = createHash('sha256').update(generated).digest('hex').slice(0, 8);
  return `${generated.slice(0, longest - suffix.length - hash.length - 1)}-${hash}${suffix}`;
}

export function arnOf(context: IdentityContext, service: string, resource: string): string {
  return `arn:aws:${service}:${context.region}:${context.accountId}:${resource}`;
}

/** IAM is global: its ARNs name no region. */
export function iamArnOf(context: IdentityContext, resource: string): string {
  return `arn:aws:iam::${context.accountId}:${resource}`;
}

const lowerCaseAndDigits = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** An id as AWS makes up, but always the same for the same resource: data on disk is found again after a restart. */
export function idOf(context: IdentityContext, length: number): string {
  const hash = createHash('sha512').update(`${context.stack}/${context.logicalId}`).digest();
  return Array.from(hash.subarray(0, length), (byte) =>
    lowerCaseAndDigits.charAt(byte % lowerCaseAndDigits.length),
  ).join('');
}

/** The same as a UUID, which KMS keys and event source mappings have. */
export function uuidOf(context: IdentityContext): string {
  const hex = createHash('sha256').update(`${context.stack}/${context.logicalId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
