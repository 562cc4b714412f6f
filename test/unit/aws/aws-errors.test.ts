import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';
import { awsError, callAws } from '../../../adapters/aws/aws-errors';
import { HubError } from '../../../core/errors';

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };

/** What the SDK throws of an answer, by way of its own deserializers and without any retry. */
function answering(statusCode: number, body: string, headers: Record<string, string> = {}) {
  const handle = async () => ({
    response: new HttpResponse({ statusCode, headers, body: Buffer.from(body) }),
  });
  return { region: 'eu-central-1', credentials, maxAttempts: 1, requestHandler: { handle } as never };
}

function failing(error: Error) {
  return {
    region: 'eu-central-1',
    credentials,
    maxAttempts: 1,
    requestHandler: { handle: () => Promise.reject(error) } as never,
  };
}

async function s3Error(status: number, code: string): Promise<HubError> {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said so</Message><RequestId>R1</RequestId></Error>`;
  const client = new S3Client(answering(status, body, { 'content-type': 'application/xml' }));
  return caught(() => client.send(new ListObjectsV2Command({ Bucket: 'b' })));
}

async function dynamoError(status: number, type: string): Promise<HubError> {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'said so' });
  const client = new DynamoDBClient(answering(status, body, { 'content-type': 'application/x-amz-json-1.0' }));
  return caught(() => client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })));
}

async function lostError(code: string): Promise<HubError> {
  const client = new S3Client(failing(Object.assign(new Error(`socket: ${code}`), { code })));
  return caught(() => client.send(new ListObjectsV2Command({ Bucket: 'b' })));
}

async function caught(work: () => Promise<unknown>, signal?: AbortSignal): Promise<HubError> {
  const error: unknown = await callAws('asking', signal, work).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

describe('an error of AWS', () => {
  it.each([
    [503, 'SlowDown', 'AWS_THROTTLED'],
    [500, 'InternalError', 'AWS_UNAVAILABLE'],
    [503, 'ServiceUnavailable', 'AWS_UNAVAILABLE'],
    [400, 'RequestTimeout', 'AWS_TIMEOUT'],
  ])('that is over by and by may be tried again: S3 %i %s', async (status, name, code) => {
    expect(await s3Error(status, name)).toMatchObject({ code, retryable: true });
  });

  it.each([
    [400, 'ThrottlingException', 'AWS_THROTTLED'],
    [400, 'ProvisionedThroughputExceededException', 'AWS_THROTTLED'],
    [500, 'InternalServerError', 'AWS_UNAVAILABLE'],
  ])('that is over by and by may be tried again: DynamoDB %i %s', async (status, name, code) => {
    expect(await dynamoError(status, name)).toMatchObject({ code, retryable: true });
  });

  it.each([
    ['ECONNRESET', 'AWS_UNAVAILABLE'],
    ['ECONNREFUSED', 'AWS_UNAVAILABLE'],
    ['ENOTFOUND', 'AWS_UNAVAILABLE'],
    ['EPIPE', 'AWS_UNAVAILABLE'],
    ['ETIMEDOUT', 'AWS_TIMEOUT'],
  ])('of the network may be tried again: %s', async (name, code) => {
    expect(await lostError(name)).toMatchObject({ code, retryable: true });
  });

  it.each([
    [403, 'AccessDenied', 'AWS_ACCESS_DENIED', 'allow the role'],
    [400, 'ExpiredToken', 'AWS_CREDENTIALS_EXPIRED', 'sign in again'],
    [403, 'InvalidAccessKeyId', 'AWS_CREDENTIALS_INVALID', 'give the process credentials'],
    [403, 'SignatureDoesNotMatch', 'AWS_CREDENTIALS_INVALID', 'give the process credentials'],
    [403, 'RequestTimeTooSkewed', 'AWS_CLOCK_SKEWED', 'NTP'],
    [404, 'NoSuchBucket', 'AWS_NOT_FOUND', 'check the name'],
    [400, 'InvalidArgument', 'AWS_REQUEST_INVALID', 'takes no such request'],
  ])('that stays is told with its remedy: S3 %i %s', async (status, name, code, remedy) => {
    const error = await s3Error(status, name);
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toContain(`asking failed: ${name}: said so (status ${status}`);
    expect(error.message).toContain(remedy);
  });

  it.each([
    ['AccessDeniedException', 'AWS_ACCESS_DENIED'],
    ['ExpiredTokenException', 'AWS_CREDENTIALS_EXPIRED'],
    ['UnrecognizedClientException', 'AWS_CREDENTIALS_INVALID'],
    ['ResourceNotFoundException', 'AWS_NOT_FOUND'],
    ['ValidationException', 'AWS_REQUEST_INVALID'],
  ])('that stays is told with its remedy: DynamoDB %s', async (name, code) => {
    expect(await dynamoError(400, name)).toMatchObject({ code, retryable: false });
  });

  it('without a body is told by its status', async () => {
    const client = new S3Client(answering(403, ''));
    const error = await caught(() => client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' })));
    expect(error).toMatchObject({ code: 'AWS_ACCESS_DENIED', retryable: false });
  });

  it('is told when there are no credentials at all', async () => {
    const provider = async () => {
      throw Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      });
    };
    const client = new S3Client({ ...answering(200, ''), credentials: provider });
    const error = await caught(() => client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' })));
    expect(error).toMatchObject({ code: 'AWS_CREDENTIALS_INVALID', retryable: false });
  });

  it('is a cancellation once the signal fired, before and while it is asked', async () => {
    const abort = new AbortController();
    const hanging = {
      handle: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
        new Promise((_resolve, reject) => {
          abortSignal.addEventListener('abort', () => reject(abortSignal.reason as Error));
          abort.abort();
        }),
    };
    const client = new S3Client({ ...answering(200, ''), requestHandler: hanging as never });
    const send = () => client.send(new ListObjectsV2Command({ Bucket: 'b' }), { abortSignal: abort.signal });
    expect(await caught(send, abort.signal)).toMatchObject({ code: 'CANCELLED', retryable: false });
    expect(await caught(send, abort.signal)).toMatchObject({ code: 'CANCELLED' });
  });

  it('that the hub raised itself, or nobody foresaw, stays what it is', () => {
    const own = new HubError('OTHER', 'said already');
    const bug = new TypeError('undefined is not a function');
    expect(awsError(own, 'asking')).toBe(own);
    expect(awsError(bug, 'asking')).toBe(bug);
    expect(awsError('text', 'asking')).toBe('text');
  });
});
