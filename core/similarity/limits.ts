/** The schema's bounds of a similarity question; kept apart so that the command line need not load the schemas. */
export const similarityLimits = { steps: 1000, limit: 10_000 } as const;
