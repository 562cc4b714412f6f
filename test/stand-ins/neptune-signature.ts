import type { IncomingMessage } from 'node:http';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';

const CREDENTIAL = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), /;
const MOST_SKEW_MS = 5 * 60 * 1_000;

/**
 * Why a request is not let in, or undefined where it is: it is signed anew with the secret of who says to have signed it.
 *
 * @param known who may come in, by access key
 */
export async function signatureProblem(
  request: IncomingMessage,
  body: Buffer,
  known: ReadonlyMap<string, AwsCredentialIdentity>,
  region: string,
): Promise<string | undefined> {
  const told = request.headers.authorization;
  const [, accessKey, signedRegion, service, names] = CREDENTIAL.exec(told ?? '') ?? [];
  if (told === undefined || names === undefined) return 'Missing Authentication Token';
  const credentials = known.get(accessKey!);
  if (credentials === undefined) return 'The security token included in the request is invalid or expired';
  if (signedRegion !== region || service !== 'neptune-db') return `Credential should be scoped to ${region}/neptune-db`;
  if (request.headers['x-amz-security-token'] !== credentials.sessionToken) return 'The security token is invalid';
  const signingDate = dateOf(String(request.headers['x-amz-date']));
  if (Math.abs(Date.now() - signingDate.getTime()) > MOST_SKEW_MS) return 'Signature expired';
  const signer = new SignatureV4({ service, region, credentials, sha256: Hash.bind(null, 'sha256') });
  const { pathname, searchParams } = new URL(request.url!, 'http://front');
  const signedHeaders = names.split(';').filter((name) => !['x-amz-date', 'x-amz-security-token'].includes(name));
  const { headers } = await signer.sign(
    {
      method: request.method!,
      protocol: 'http:',
      hostname: 'front',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(signedHeaders.map((name) => [name, String(request.headers[name])])),
      body: body.length === 0 ? undefined : body,
    },
    { signingDate, signableHeaders: new Set(signedHeaders) },
  );
  const isSame = headers['authorization'] === told;
  return isSame ? undefined : 'The request signature we calculated does not match the signature you provided';
}

/** Of `20260131T020000Z`. */
function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}
