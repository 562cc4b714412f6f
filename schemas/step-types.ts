import { z } from 'zod';

export const stepTypesAnswer = z.object({
  steps: z
    .array(z.object({ step: z.string(), events: z.number().int(), channels: z.array(z.string()) }))
    .describe('Everything that customers go through, what happens most first.'),
});

export type StepTypesAnswer = z.infer<typeof stepTypesAnswer>;
