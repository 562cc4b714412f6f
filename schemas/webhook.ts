import { z } from 'zod';
import { duration } from './duration';

export const webhookName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected kebab-case');

/** What is told is about people: it leaves the machine encrypted only. */
const address = z
  .url({
    protocol: /^https?$/,
    error: 'expected an address such as https://engagement.example/hooks/journeys',
    abort: true,
  })
  .refine((url) => url.startsWith('https:') || isLoopback(new URL(url).hostname), {
    error: 'expected https; http is for this machine alone',
  })
  .refine((url) => new URL(url).username === '', { error: 'expected no credentials: requests are signed' });

/** A system that is told of milestones: a POST of a CloudEvent, signed as Standard Webhooks has it. */
export const webhook = z.strictObject({
  url: address,
  /** The environment variable that has the secret, `whsec_` and base64, with which requests are signed. */
  secretVariable: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable'),
  /** How long one request may take. */
  timeout: duration.prefault('10s').refine((ms) => ms <= 60_000, 'expected 60s at most'),
  /** How long to try again; then it is a dead letter. */
  giveUpAfter: duration.prefault('1d'),
  /** Milestones that were reached longer ago are not told: as when they are computed for the first time. */
  maximumAge: duration.prefault('1d'),
});

export type WebhookSettings = z.infer<typeof webhook>;

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
}
