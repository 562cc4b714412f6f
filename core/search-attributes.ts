/** Search attributes of the hub's workflows: what they do, for which source, for which business date. All keywords. */
export const searchAttributeNames = ['HubCapability', 'HubSource', 'HubBusinessDate'] as const;
