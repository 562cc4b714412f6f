import type { AwsConnection } from '../adapters/aws/client-policy';
import type { AwsSettings } from '../schemas/engines';
import { packageVersion } from './package-folder';

/** How the services of a hub are reached. */
export function connectionOf({ region, endpoints }: AwsSettings): AwsConnection {
  return { region, endpoints: endpoints as NonNullable<AwsConnection['endpoints']>, version: packageVersion() };
}
