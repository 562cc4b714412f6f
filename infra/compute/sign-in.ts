import { Duration, Fn, Stack, RemovalPolicy } from 'aws-cdk-lib';
import {
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  type UserPoolClient,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { InfraConfig } from '../config';

/** Who may ask the API: people by name, password and a second factor; other systems by their own secret. */
export class SignIn extends Construct {
  readonly people: UserPoolClient;
  readonly systems: UserPoolClient;
  readonly pool: UserPool;
  /** What a token must be good for. */
  readonly scope: string;

  constructor(scope: Construct, id: string, config: InfraConfig) {
    super(scope, id);
    this.pool = new UserPool(this, 'People', {
      userPoolName: config.name,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
        tempPasswordValidity: Duration.days(3),
      },
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: config.keepData,
      removalPolicy: config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const ask = new ResourceServerScope({ scopeName: 'ask', scopeDescription: 'ask the hub' });
    const server = this.pool.addResourceServer('Api', { identifier: config.name, scopes: [ask] });
    this.scope = `${config.name}/${ask.scopeName}`;
    // Names of domains are one namespace a region, for all accounts: the stack's id makes it the hub's own.
    const unique = Fn.select(2, Fn.split('/', Stack.of(this).stackId));
    this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: Fn.join('-', [config.name, Fn.select(0, Fn.split('-', unique))]) },
    });
    this.people = this.client('Website', OAuthScope.resourceServer(server, ask), {
      callbackUrls: [`https://${config.domain.name}/`],
    });
    this.systems = this.client('Systems', OAuthScope.resourceServer(server, ask), undefined);
    for (const { node } of [this.people, this.systems]) node.addDependency(server satisfies UserPoolResourceServer);
  }

  get issuer(): string {
    return `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`;
  }

  /** Where the keys are that tokens are verified by. */
  get keys(): string {
    return `${this.issuer}/.well-known/jwks.json`;
  }

  /** People come by way of the sign-in page; systems, which have no `callbackUrls`, with a secret. */
  private client(id: string, ask: OAuthScope, people: { readonly callbackUrls: string[] } | undefined): UserPoolClient {
    return this.pool.addClient(id, {
      generateSecret: people === undefined,
      preventUserExistenceErrors: true,
      authFlows: {},
      accessTokenValidity: Duration.hours(1),
      oAuth:
        people === undefined
          ? { flows: { clientCredentials: true }, scopes: [ask] }
          : { flows: { authorizationCodeGrant: true }, scopes: [OAuthScope.OPENID, ask], ...people },
    });
  }
}
