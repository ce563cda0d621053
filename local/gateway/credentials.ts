import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../kernel/service.ts';

/** What an SDK client needs to call as somebody. Valid until the embedded cloud ends. */
export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Credentials {
  /** The credentials of a role, for a function's environment. The same role always gets the same ones. */
  forRole(roleArn: string): IssuedCredentials;
  /** The credentials of the owner of this machine, who may do everything. */
  forOperator(): IssuedCredentials;
  /** Whose credentials these are; undefined when they were never issued. */
  callerOf(accessKeyId: string, sessionToken: string): Caller | undefined;
}

/** Issues credentials, new with every start, so that none of them is ever found on disk. */
export function createCredentials(): Credentials {
  const issued = new Map<string, { readonly caller: Caller; readonly credentials: IssuedCredentials }>();
  const byOwner = new Map<string, IssuedCredentials>();

  const issue = (owner: string, caller: Caller): IssuedCredentials => {
    const known = byOwner.get(owner);
    if (known) return known;
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    };
    issued.set(credentials.accessKeyId, { caller, credentials });
    byOwner.set(owner, credentials);
    return credentials;
  };

  return {
    forRole: (roleArn) => issue(roleArn, { kind: 'role', roleArn }),
    forOperator: () => issue('operator', { kind: 'operator' }),
    callerOf: (accessKeyId, sessionToken) => {
      const found = issued.get(accessKeyId);
      return found && isSame(found.credentials.sessionToken, sessionToken) ? found.caller : undefined;
    },
  };
}

/** Without telling by its duration how much of a guess was right. */
function isSame(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
