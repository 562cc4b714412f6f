import { z } from 'zod';
import { access } from './access';
import { duration } from './duration';
import { engines, neededEngines, room } from './engines';
import { journeyCut } from './frequency';
import { timeZone } from './source';
import { webhook, webhookName } from './webhook';

const DAY_MS = 86_400_000;

/** As Temporal's schedules take it: five to seven fields, or one of the names for them. */
const cronLine = z
  .string()
  .regex(/^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|[\w*\/,?-]+( +[\w*\/,?-]+){4,6})$/, {
    error: 'expected a cron line, such as 0 2 * * *',
  });

/** As browsers name where a page is from: a scheme, a host and perhaps a port. */
export const webOrigin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'expected an origin without a path, such as https://desk.example',
});

/** `hub.yaml`: the settings of one hub. Every engine address may also come from the environment. */
export const hubSchema = z
  .strictObject({
    name: z.string().min(1),
    /** The zone in which business dates and schedules are meant. */
    timezone: timeZone,
    /** Where the hub keeps its data, relative to this file. */
    data: z.string().min(1).default('.hub'),
    /** Where the sources' files are, relative to this file; by default `landing` in the data folder. */
    landing: z.string().min(1).optional(),
    /** Which engines are the hub's. */
    room: room.default('local'),
    engines: engines.prefault({}),
    api: z
      .strictObject({
        port: z.number().int().min(0).max(65535).default(8080),
        /** Where browsers reach the website; by default where the API listens. */
        url: z.url({ protocol: /^https?$/ }).optional(),
        /** Origins of other systems' pages that may show dashboards and widgets, such as `https://desk.example`. */
        origins: z.array(webOrigin).max(100).default([]),
        access: access.prefault({}),
      })
      .prefault({}),
    nightly: z.strictObject({ cron: cronLine.default('0 2 * * *'), paused: z.boolean().default(false) }).prefault({}),
    milestones: z
      .strictObject({
        /** Vertices and edges that one milestone may be in the graph; one that would be more is not computed. */
        mostElements: z.number().int().min(1).default(10_000_000),
      })
      .prefault({}),
    propensity: z
      .strictObject({
        /** How long scores of customers stay in the lake at least; a model's newest stay however old they are. */
        keepScores: duration.default(90 * DAY_MS),
      })
      .prefault({}),
    /** Systems that milestones are told to. */
    webhooks: z.record(webhookName, webhook).default({}),
    /** Resources the worker may use. */
    worker: z
      .strictObject({
        /** Memory DuckDB may use before it spills to disk, in MB. */
        duckdbMemoryMb: z.number().int().min(128).default(700),
        threads: z.number().int().min(1).default(2),
        /** Memory the journeys may take that questions are answered from, in MB: 13 bytes a step, 48 a customer. */
        journeysMemoryMb: z.number().int().min(16).default(2_000),
      })
      .prefault({}),
    /** The seeded world that is written when the landing folder is empty. */
    sample: z
      .strictObject({
        customers: z.number().int().min(1).default(20_000),
        days: z.number().int().min(1).default(120),
        seed: z.number().int().min(0).max(4_294_967_295).default(7),
        /** Whether there are also fraud, offers and surveys in it. */
        engagement: z.boolean().optional(),
      })
      .optional(),
    /** The question that `npm start` answers first. */
    firstQuestion: journeyCut.optional(),
  })
  .check(({ value, issues }) => {
    for (const engine of neededEngines[value.room]) {
      if (value.engines[engine] !== undefined) continue;
      const message = `the room "${value.room}" needs it`;
      issues.push({ code: 'custom', input: value, path: ['engines', engine], message });
    }
  });

export type HubSettings = z.infer<typeof hubSchema>;
