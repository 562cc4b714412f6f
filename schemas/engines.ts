import { z } from 'zod';

/** The name of a variable of the environment: secrets are never in a file. */
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable');
const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected snake_case');

/** The lake of the open room: a Trino with an Iceberg catalog. */
const trino = z.strictObject({
  /** The coordinator, e.g. https://trino.example:8443. */
  url: z.url({ protocol: /^https?$/, error: 'expected an address such as https://trino.example:8443' }),
  catalog: name.default('lake'),
  /** Of the hub's tables; a second one with `_scratch` behind its name has what commits under way need. */
  schema: name.default('hub'),
  user: z.string().min(1).default('hub'),
  /** Which has the user's password, where Trino asks for one. */
  passwordVariable: variable.optional(),
});

/** Files in a folder that every worker and the lake's engine have mounted. */
const folderFiles = z.strictObject({
  folder: z.string().min(1),
  /** How the engine names the folder, e.g. file:///mnt/lake. */
  location: z.string().regex(/^[a-z][a-z0-9]*:\/\//, 'expected a location such as file:///mnt/lake'),
});

/** Files in a bucket, at Amazon S3 or at a store that speaks its protocol. */
const bucketFiles = z.strictObject({
  bucket: z.string().min(3),
  prefix: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'expected a folder without a slash at either end')
    .default('journey-hub'),
  region: z.string().min(1).default('us-east-1'),
  /** Of a store that is not Amazon's. */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
});

export type SharedFilesSettings = z.infer<typeof folderFiles> | z.infer<typeof bucketFiles>;

/** The engines of a hub. Every address may also come from the environment. */
export const engines = z.strictObject({
  temporal: z
    .strictObject({
      /** An own Temporal cluster; left out: a dev server is started. */
      address: z.string().min(1).optional(),
      namespace: z.string().min(1).default('default'),
      uiUrl: z.url().optional(),
    })
    .prefault({}),
  gremlin: z
    .strictObject({
      /** An own Gremlin Server, e.g. ws://localhost:8182/gremlin; left out: one is started. */
      url: z.string().min(1).optional(),
      /** Memory of the server that is started, in MB; about 2,000 a million elements. By default half the machine's. */
      heapMb: z.number().int().min(256).optional(),
    })
    .prefault({}),
  trino: trino.optional(),
  /** What workers and the lake's engine share: manifests, and the files of commits under way. */
  files: z.union([folderFiles, bucketFiles]).optional(),
});

/** On which engines a hub runs: those of one machine, or own servers. */
export const room = z.enum(['local', 'open']);

/** Of every room the engines that must be named. */
export const neededEngines: Readonly<Record<z.infer<typeof room>, readonly (keyof z.infer<typeof engines>)[]>> = {
  local: [],
  open: ['trino', 'files'],
};
