import { z } from 'zod';

export const customerSearchQuestion = z.strictObject({
  text: z
    .string()
    .trim()
    .min(3)
    .max(200)
    .describe("The hub's id of the customer, the id under which a source knows them, a phone number or an e-mail."),
  limit: z.number().int().min(1).max(100).default(20),
});

export const customerSearchAnswer = z.object({
  customers: z.array(
    z.object({
      customer: z.string(),
      by: z.enum(['customer', 'source id', 'phone', 'e-mail']).describe('What was found.'),
      name: z.string().describe('The given name, and the first letter of the family name.'),
      email: z.string().optional().describe('Masked, as the phone number is.'),
      phone: z.string().optional(),
      city: z.string().optional(),
      profiles: z.number().int().describe('How many profiles of sources are this customer.'),
    }),
  ),
  more: z.boolean().describe('Whether there are more than were asked for.'),
});

export type CustomerSearchQuestion = z.output<typeof customerSearchQuestion>;
export type CustomerSearchInput = z.input<typeof customerSearchQuestion>;
export type CustomerSearchAnswer = z.infer<typeof customerSearchAnswer>;
