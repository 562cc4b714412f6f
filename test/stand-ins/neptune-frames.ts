/** What the front reads and makes of Gremlin's websocket frames (GraphBinary V1, "Gremlin drivers and providers"). */

const VERSION = 0x81;
const NOT_NULL = 0x00;
const UUID_BYTES = 16;
const EMPTY_MAP = Buffer.alloc(4);
const NULL_OBJECT = Buffer.from([0xfe, 0x01]);
const PARTIAL = 206;

/** The steps that change a graph. */
const WRITING = ['mergeV', 'mergeE', 'addV', 'addE', 'property', 'drop'];

/** `{length of mime type}{mime type}{version}{request id}…` */
export function requestIdOf(request: Buffer): string {
  const start = 1 + request[0]! + 1;
  return request.subarray(start, start + UUID_BYTES).toString('hex');
}

/** Whether a request names a step that changes the graph: bytecode has names of steps as plain text. */
export function isWriting(request: Buffer): boolean {
  return WRITING.some((step) => request.includes(step));
}

export interface AnswerStatus {
  readonly requestId: string;
  /** As in HTTP. */
  readonly status: number;
  /** Whether more of it comes. */
  readonly isPartial: boolean;
}

/** `{version}{0, request id}{status}…` */
export function statusOf(answer: Buffer): AnswerStatus {
  const status = answer.readInt32BE(2 + UUID_BYTES);
  return { requestId: answer.subarray(2, 2 + UUID_BYTES).toString('hex'), status, isPartial: status === PARTIAL };
}

/** Whether a transaction was rolled back since another one was faster: TinkerPop's text for it. */
export function isConflict(answer: Buffer): boolean {
  return CONFLICTS.some((text) => answer.includes(text));
}

/**
 * What TinkerTransactionGraph says of transactions that are in one another's way: when one is committed, or when what one has looked for
 * in vain was added meanwhile. Nothing here adds what it has not looked for.
 */
const CONFLICTS = ['Conflict: element modified in another transaction', 'with id already exists'];

/** An answer that says no, in the JSON that Neptune has in the place of TinkerPop's text. */
export function failureFrame(requestId: string, status: number, code: string): Buffer {
  const told = JSON.stringify({ requestId, code, detailedMessage: `made up by a test: ${code}` });
  const head = Buffer.alloc(2 + UUID_BYTES + 4 + 1 + 4);
  head[0] = VERSION;
  head[1] = NOT_NULL;
  Buffer.from(requestId, 'hex').copy(head, 2);
  head.writeInt32BE(status, 2 + UUID_BYTES);
  head[2 + UUID_BYTES + 4] = NOT_NULL;
  head.writeInt32BE(Buffer.byteLength(told), 2 + UUID_BYTES + 5);
  return Buffer.concat([head, Buffer.from(told), EMPTY_MAP, EMPTY_MAP, NULL_OBJECT]);
}
