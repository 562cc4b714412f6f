import type { AwsConnection, AwsService } from '../adapters/aws/client-policy';
import type { AwsSettings } from '../schemas/engines';
import { packageVersion } from './package-folder';

/** How one service is reached, which may be at an address other than AWS's own. */
export function connectionTo(
  service: AwsService,
  { region, endpoint }: { readonly region: string; readonly endpoint?: string | undefined },
): AwsConnection {
  return {
    region,
    version: packageVersion(),
    ...(endpoint === undefined ? {} : { endpoints: { [service]: endpoint } }),
  };
}

/** How the services of a hub are reached. */
export function connectionOf({ region, endpoints }: AwsSettings): AwsConnection {
  return { region, endpoints: endpoints as NonNullable<AwsConnection['endpoints']>, version: packageVersion() };
}
