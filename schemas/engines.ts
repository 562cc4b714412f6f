import { z } from 'zod';
import { address } from './address';
import { neptuneMl, scoring, serving, training } from './learning-engines';

/** The name of a variable of the environment: secrets are never in a file. */
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable');
const folder = z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/, 'expected a folder without a slash at either end');
const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected snake_case');

const IN_VARIABLE = 'name a variable that has it in passwordVariable';
/** Of what is asked under credentials that the AWS SDK finds. */
const awsAddress = (example: string) =>
  address({
    protocol: /^https?$/,
    example,
    refusal:
      'expected no credentials; give them to the process as the AWS SDK finds them: environment, profile or role',
  });
const service = awsAddress('https://service.example:8443');
const cluster = awsAddress('https://cluster:8182');

/** The lake of the open room: a Trino with an Iceberg catalog. */
const trino = z.strictObject({
  /** The coordinator, e.g. https://trino.example:8443. */
  url: address({
    protocol: /^https?$/,
    example: 'https://trino.example:8443',
    refusal: `expected no credentials; name the user in user, and for the password ${IN_VARIABLE}`,
  }),
  catalog: name.default('lake'),
  /** Of the hub's tables; a second one with `_scratch` behind its name has what commits under way need. */
  schema: name.default('hub'),
  user: z.string().min(1).default('hub'),
  /** Which has the user's password, where Trino asks for one. */
  passwordVariable: variable.optional(),
});

/** The Kafka cluster whose topics sources come by. */
const kafka = z
  .strictObject({
    /** Of some of its brokers, e.g. [broker-1.example:9092]. */
    brokers: z.array(z.string().regex(/^[^\s@/]+:\d{1,5}$/, 'expected a broker such as broker-1.example:9092')).min(1),
    /** The consumer group whose offsets tell how far the hub has read: a hub has one of its own. */
    group: z.string().regex(/^\S+$/, 'expected a name without blanks').default('journey-hub'),
    tls: z.boolean().default(false),
    mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).optional(),
    user: z.string().min(1).optional(),
    /** Which has the user's password. */
    passwordVariable: variable.optional(),
  })
  .refine(({ user, passwordVariable }) => (user === undefined) === (passwordVariable === undefined), {
    error: 'expected both user and passwordVariable, or neither',
    path: ['passwordVariable'],
  })
  .refine(({ user, mechanism }) => (user === undefined) === (mechanism === undefined), {
    error: 'expected PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 where there is a user, and nothing where there is none',
    path: ['mechanism'],
  });

/** Files in a folder that every worker and the lake's engine have mounted. */
const folderFiles = z.strictObject({
  folder: z.string().min(1),
  /** How the engine names the folder, e.g. file:///mnt/lake. */
  location: address({
    protocol: /^[a-z][a-z0-9]*$/,
    example: 'file:///mnt/lake',
    refusal: 'expected no credentials; give them to the engine of the lake in its own settings',
    mayNameUser: true,
  }),
});

/** Files in a bucket, at Amazon S3 or at a store that speaks its protocol. */
const bucketFiles = z.strictObject({
  bucket: z.string().min(3),
  prefix: folder.default('journey-hub'),
  region: z.string().min(1).default('us-east-1'),
  /** Of a store that is not Amazon's. */
  endpoint: service.optional(),
});

/** What KPIs are computed in, in the open room; left out: the lake. */
const postgres = z.strictObject({
  /** postgres://user@host:5432/database?sslmode=verify-full. */
  url: address({
    protocol: /^postgres(ql)?$/,
    example: 'postgres://user@host:5432/database',
    refusal: `expected no password; ${IN_VARIABLE}`,
    mayNameUser: true,
  }),
  /** Of the KPI tables; made if it is not there. */
  schema: name.default('journey_hub'),
  /** Which has the user's password. */
  passwordVariable: variable.optional(),
});

/** What KPIs are computed in, in the AWS room: a serverless workgroup, or a provisioned cluster. */
const quicksight = z.strictObject({
  accountId: z.string().regex(/^\d{12}$/, 'expected the twelve digits of an AWS account'),
  namespace: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,64}$/)
    .default('default'),
  /** Where the account's users are kept; by default where the dashboards are. */
  identityRegion: z.string().min(1).optional(),
});

const redshift = z
  .strictObject({
    workgroup: z.string().min(1).optional(),
    cluster: z.string().min(1).optional(),
    /** Of a cluster; without it, and without a secret, whoever asks is the user of the same name. */
    user: z.string().min(1).optional(),
    /** In Secrets Manager, with user and password. */
    secretArn: z.string().startsWith('arn:').optional(),
    database: z.string().min(1),
    /** Of the KPI tables; made if it is not there. */
    schema: name.default('journey_hub'),
    /** By which Redshift reads from the lake's bucket what is loaded. */
    copyRole: z.string().startsWith('arn:'),
  })
  .refine(({ workgroup, cluster }) => (workgroup === undefined) !== (cluster === undefined), {
    error: 'expected either a workgroup or a cluster',
    path: ['workgroup'],
  })
  .refine(({ workgroup, user }) => workgroup === undefined || user === undefined, {
    error: 'a workgroup has no user: whoever asks is one, or a secret names one',
    path: ['user'],
  });

/** The services of the AWS room. Who asks is never part of it: credentials come from the SDK's default chain. */
const aws = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-central-1'),
  /** Addresses of services that are not at AWS's own: VPC endpoints. */
  endpoints: z
    .partialRecord(
      z.enum([
        'athena',
        'dynamodb',
        'glue',
        'kinesis',
        'quicksight',
        'redshift-data',
        's3',
        'sagemaker',
        'sagemaker-runtime',
      ]),
      service,
    )
    .default({}),
  /** Tables, manifests, commits under way and answers are below `prefix`. */
  lake: z.strictObject({
    bucket: z.string().min(3),
    prefix: folder.default('lake'),
    kmsKeyId: z.string().min(1).optional(),
    /** In Glue; a second one with `_scratch` behind its name has what commits under way need. */
    database: name.default('journey_hub'),
    /** Of Athena: it caps what one query may scan. */
    workGroup: z.string().min(1).default('journey-hub'),
  }),
  /** Where the sources' exports arrive; by default `landing` in the lake's bucket. */
  landing: z.strictObject({ bucket: z.string().min(3), prefix: folder }).optional(),
  neptune: z.strictObject({
    /** The cluster's address, which leads to the writer. */
    url: cluster,
    reader: cluster.optional(),
    /** Whether the cluster has IAM authentication. */
    iam: z.boolean().default(true),
    /** The role by which the cluster reads the lake's bucket; without it, nothing is loaded in bulk. */
    loaderRole: z.string().startsWith('arn:').optional(),
    /** From how many changes on a load takes the bulk loader. */
    bulkFrom: z.number().int().min(1).default(50_000),
  }),
  /** The SageMaker endpoint of the model server; left out: the worker itself tells whose profiles are. */
  identity: z.strictObject({ endpoint: z.string().min(1) }).optional(),
  /** Training jobs of SageMaker, in which models of what is likely to happen are learned; left out: in the worker itself. */
  training: training.optional(),
  /** Endpoints of deployed models, which tell how likely something is of one customer; left out: the worker itself does. */
  serving: serving.optional(),
  /** Batch transform jobs, in which deployed models are asked of everybody; left out: the worker itself does. */
  scoring: scoring.optional(),
  /** Where models are learned by graph neural networks; left out: no model's file may ask for one. */
  neptuneMl: neptuneMl.optional(),
  /** What KPIs are computed in; left out: the lake. */
  redshift: redshift.optional(),
  /** Draws the dashboards; by default the website does. */
  quicksight: quicksight.optional(),
  /** What the names of the DynamoDB tables of triggers begin with. */
  triggers: z.strictObject({ prefix: z.string().min(1).default('journey-hub-') }).prefault({}),
});

export type KafkaSettings = z.infer<typeof kafka>;
export type AwsSettings = z.infer<typeof aws>;
export type SharedFilesSettings = z.infer<typeof folderFiles> | z.infer<typeof bucketFiles>;

/** The engines of a hub. Every address may also come from the environment. */
export const engines = z.strictObject({
  temporal: z
    .strictObject({
      /** An own Temporal cluster; left out: a dev server is started. */
      address: z
        .string()
        .min(1)
        .refine((text) => !text.includes('@'), {
          error: 'expected a host and a port without credentials; give a key in the variable TEMPORAL_API_KEY',
        })
        .optional(),
      namespace: z.string().min(1).default('default'),
      uiUrl: address({
        protocol: /^https?$/,
        example: 'https://temporal.example',
        refusal: 'expected no credentials; people sign in at the page itself',
      }).optional(),
    })
    .prefault({}),
  gremlin: z
    .strictObject({
      /** An own Gremlin Server, e.g. ws://localhost:8182/gremlin; left out: one is started. */
      url: address({
        protocol: /^wss?$/,
        example: 'ws://localhost:8182/gremlin',
        refusal: 'expected no credentials; let the server ask for none, and let only the hub reach it',
      }).optional(),
      /** Memory of the server that is started, in MB; about 2,000 a million elements. By default half the machine's. */
      heapMb: z.number().int().min(256).optional(),
    })
    .prefault({}),
  trino: trino.optional(),
  postgres: postgres.optional(),
  /** What workers and the lake's engine share: manifests, and the files of commits under way. */
  files: z.union([folderFiles, bucketFiles]).optional(),
  /** Where Kinesis streams of sources are; in the AWS room, where the rest is. */
  kinesis: z.strictObject({ region: z.string().min(1), endpoint: service.optional() }).optional(),
  kafka: kafka.optional(),
  aws: aws.optional(),
});

/** On which engines a hub runs: those of one machine, own servers, or AWS. */
export const room = z.enum(['local', 'open', 'aws']);

/** Of every room the engines that must be named. */
export const neededEngines: Readonly<Record<z.infer<typeof room>, readonly (keyof z.infer<typeof engines>)[]>> = {
  local: [],
  open: ['trino', 'files'],
  aws: ['aws'],
};
