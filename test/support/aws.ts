import './one-realm';
import type { AwsConnection, AwsService } from '../../adapters/aws/client-policy';

const PRETENDED = {
  AWS_ACCESS_KEY_ID: 'NOBODY',
  AWS_SECRET_ACCESS_KEY: 'of nobody',
  // Nobody is to look for a machine's role, or a person's profile.
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/**
 * A connection to stand-ins, with the credentials of nobody where the default chain looks first. Nothing
 * is far, but a machine may be busy.
 */
export function testConnection(
  url: string,
  services: readonly AwsService[],
  more: Partial<AwsConnection> = {},
): AwsConnection {
  Object.assign(process.env, PRETENDED);
  const endpoints = Object.fromEntries(services.map((service) => [service, url]));
  return { region: 'eu-central-1', version: '0.0.0-test', endpoints, connectMs: 10_000, requestMs: 40_000, ...more };
}
