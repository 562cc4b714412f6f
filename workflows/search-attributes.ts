import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';

const capabilityKey = defineSearchAttributeKey('HubCapability', 'KEYWORD');
const sourceKey = defineSearchAttributeKey('HubSource', 'KEYWORD');
const businessDateKey = defineSearchAttributeKey('HubBusinessDate', 'KEYWORD');

/** Makes a workflow findable in the Temporal UI by what it does, and for which date and source. */
export function searchAttributes(capability: string, businessDate?: string, source?: string): SearchAttributePair[] {
  return [
    { key: capabilityKey, value: capability },
    ...(businessDate === undefined ? [] : [{ key: businessDateKey, value: businessDate }]),
    ...(source === undefined ? [] : [{ key: sourceKey, value: source }]),
  ];
}
