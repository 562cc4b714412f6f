import { Connection, isGrpcServiceError, type ConnectionOptions } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { HubError } from '../core/errors';
import { searchAttributeNames } from '../core/search-attributes';
import { GRPC_PERMISSION_DENIED } from './temporal-connection';

const KEYWORD = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
const GRPC_UNIMPLEMENTED = 12;

/**
 * Makes the hub's search attributes known to the namespace; those it knows already are left alone.
 *
 * @throws HubError SEARCH_ATTRIBUTES_MISSING where the cluster lets only its operator add them, as Temporal Cloud does
 */
export async function registerSearchAttributes(cluster: ConnectionOptions, namespace: string): Promise<void> {
  const connection = await Connection.connect(cluster);
  try {
    const known = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = searchAttributeNames.filter((name) => !(name in (known.customAttributes ?? {})));
    if (missing.length > 0) await add(connection, namespace, missing);
  } finally {
    await connection.close();
  }
}

async function add(connection: Connection, namespace: string, names: readonly string[]): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, KEYWORD]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    if (error.code !== GRPC_PERMISSION_DENIED && error.code !== GRPC_UNIMPLEMENTED) throw error;
    const message = `the namespace "${namespace}" lacks the search attributes ${names.join(', ')}, and does not let the hub add them: add them by hand, of type Keyword`;
    throw new HubError('SEARCH_ATTRIBUTES_MISSING', message, { cause: error });
  }
}
