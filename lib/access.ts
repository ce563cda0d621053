import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import type { UserPoolClient, UserPoolDomain, UserPoolResourceServer } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { scopes } from '../contracts/route.ts';
import type { Scope } from '../contracts/route.ts';
import { scopesOf } from './stage.ts';
import type { Stage } from './stage.ts';

/**
 * Who may call: the user pool with its groups, one resource server for each prefix of the contract's scopes, and one
 * confidential client for each machine client of the stage. People have no sign-in yet: no client offers one.
 */
export class Access extends Construct {
  readonly userPool: UserPool;
  readonly domain: UserPoolDomain;
  readonly machineClients: readonly UserPoolClient[];

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // The account's number keeps the prefix apart from all others of the region, where it has to be unique.
    this.domain = this.userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `quittance-${stage.name}-${Aws.ACCOUNT_ID}` },
    });
    for (const group of ['buyers', 'sellers', 'operators']) {
      this.userPool.addGroup(`${group}-group`, { groupName: group, description: `People who are ${group}.` });
    }
    const oAuthScopes = this.createResourceServers();
    this.machineClients = Object.entries(stage.machineClients).map(([name, patterns]) =>
      this.createMachineClient(
        name,
        scopesOf(patterns).flatMap((each) => oAuthScopes.get(each) ?? []),
      ),
    );
  }

  private createResourceServers(): ReadonlyMap<Scope, OAuthScope> {
    const oAuthScopes = new Map<Scope, OAuthScope>();
    const servers = new Map<string, UserPoolResourceServer>();
    for (const [prefix, names] of Map.groupBy(scopes.map(splitScope), ([server]) => server)) {
      const scopesOfServer = names.map(
        ([, name]) => new ResourceServerScope({ scopeName: name, scopeDescription: `${prefix}/${name}` }),
      );
      servers.set(
        prefix,
        this.userPool.addResourceServer(`${prefix}-scopes`, { identifier: prefix, scopes: scopesOfServer }),
      );
    }
    for (const scope of scopes) {
      const [prefix, name] = splitScope(scope);
      const server = servers.get(prefix);
      if (!server) throw new Error(`The scope ${scope} has no resource server.`);
      const scopeName = new ResourceServerScope({ scopeName: name, scopeDescription: scope });
      oAuthScopes.set(scope, OAuthScope.resourceServer(server, scopeName));
    }
    return oAuthScopes;
  }

  private createMachineClient(name: string, oAuthScopes: readonly OAuthScope[]): UserPoolClient {
    return this.userPool.addClient(`${name}-client`, {
      userPoolClientName: name,
      generateSecret: true,
      // Named, though it is none: without a list Cognito lets people sign in by SRP and by custom challenges. CDK always
      // adds the refresh of tokens, and of those this client never gets one: client credentials have no refresh token.
      authFlows: { userPassword: false },
      oAuth: { flows: { clientCredentials: true }, scopes: [...oAuthScopes] },
      accessTokenValidity: Duration.hours(1),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
  }
}

function splitScope(scope: Scope): readonly [server: string, name: string] {
  const slash = scope.indexOf('/');
  return [scope.slice(0, slash), scope.slice(slash + 1)];
}
