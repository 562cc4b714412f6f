/** The limits of `schemas/frequency.ts`, for callers to whom loading the schema library is too slow; a test holds both equal. */
export const frequencyLimits = { steps: 100, top: 1000 } as const;
