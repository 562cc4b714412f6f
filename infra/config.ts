import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { webOrigin } from '../schemas/hub';
import { endpointCapacity } from '../schemas/learning-engines';

const arn = z.string().startsWith('arn:');
const megabytes = z.number().int().min(512);
/** As Fargate has it: 1,024 are a core. */
const cpu = z.union([256, 512, 1024, 2048, 4096, 8192, 16384].map((units) => z.literal(units)));
const range = z.strictObject({ min: z.number().int().min(0), max: z.number().int().min(1) });
const days = z.number().int().min(1);

/** SageMaker's own XGBoost 3.0-5 in the region. */
const xgboostImage = z
  .string()
  .regex(/^\d+\.dkr\.ecr\.[^/]+\/[^:]+:/, 'expected <account>.dkr.ecr.<region>.amazonaws.com/sagemaker-xgboost:3.0-5');

const network = z.strictObject({
  cidr: z.string().default('10.40.0.0/16'),
  /** Three, as Redshift Serverless asks for; by default a, b and c of the region. */
  availabilityZones: z.array(z.string()).length(3).optional(),
  /** One is a single point of failure for what leaves the network; three are not, and cost three times as much. */
  natGateways: z.number().int().min(1).max(3).default(1),
});

const lake = z.strictObject({
  /** What one query of Athena may read, in GB. */
  mostScannedGb: z.number().int().min(1).default(200),
  /** Files that sources exported are removed after so many days. */
  landingDays: days.default(90),
  /** How long former versions of objects are kept, against mistakes. */
  formerVersionDays: days.default(14),
});

const graph = z.strictObject({
  /** Capacity follows the load; otherwise instances of `instanceClass`. */
  serverless: z.boolean().default(true),
  /** In Neptune capacity units of 2 GB. */
  capacity: z.strictObject({ min: z.number().min(1), max: z.number().max(128) }).default({ min: 2, max: 32 }),
  instanceClass: z.string().startsWith('db.').default('db.r6g.2xlarge'),
  readers: z.number().int().min(0).max(15).default(1),
  engineVersion: z
    .string()
    .regex(/^1\.\d+\.\d+\.\d+$/)
    .default('1.4.5.0'),
  streamDays: z.number().int().min(1).max(90).default(7),
  backupDays: z.number().int().min(1).max(35).default(14),
  /** Athena's connector for the graph, from the Serverless Application Repository. */
  athenaConnector: z
    .strictObject({ enabled: z.boolean().default(true), version: z.string().default('2023.46.2') })
    .prefault({}),
});

const warehouse = z.strictObject({
  /** In Redshift processing units. */
  capacity: z.number().int().min(4).default(8),
  /** Hours of these units a day, after which it stops for the day. */
  mostUnitHoursADay: z.number().int().min(1).default(64),
});

const service = (defaults: { cpu: number; memoryMb: number; tasks: { min: number; max: number } }) =>
  z
    .strictObject({ cpu, memoryMb: megabytes, tasks: range })
    .partial()
    .default({})
    .transform((given) => ({ ...defaults, ...given }));

const compute = z.strictObject({
  /** The tag of the images in the stack's repositories. */
  imageTag: z.string().min(1).default('latest-release'),
  worker: service({ cpu: 4096, memoryMb: 16_384, tasks: { min: 1, max: 4 } }),
  workerDiskGb: z.number().int().min(21).max(200).default(100),
  api: service({ cpu: 512, memoryMb: 1_024, tasks: { min: 2, max: 6 } }),
  /** No tasks: it starts only once there is a model. */
  modelServer: service({ cpu: 1024, memoryMb: 4_096, tasks: { min: 0, max: 4 } }),
  /** Tasks that wait for workers, from which on there is one worker more, and three. */
  backlog: z
    .strictObject({ one: z.number().int().min(1), three: z.number().int().min(2) })
    .default({ one: 20, three: 200 }),
});

const domain = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/),
  cloudFrontCertificate: arn.regex(/:us-east-1:/, 'expected a certificate in us-east-1, where CloudFront has its own'),
  regionalCertificate: arn,
  cloudFrontPrefixList: z.string().startsWith('pl-'),
});

/** What is deployed, how large, and who is told of trouble. */
export const infraConfig = z.strictObject({
  /** What everything is named after. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,20}$/)
    .default('journey-hub'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  /** Whether data outlive their stacks. A trial may be torn down without a trace. */
  keepData: z.boolean().default(true),
  network: network.prefault({}),
  lake: lake.prefault({}),
  graph: graph.prefault({}),
  warehouse: warehouse.prefault({}),
  compute: compute.prefault({}),
  /** Models are learned by training jobs of SageMaker; left out: by the workers. */
  training: z
    .strictObject({
      image: xgboostImage,
      instanceType: z.string().startsWith('ml.').default('ml.m5.xlarge'),
    })
    .optional(),
  /** Deployed models are asked of everybody in batch transform jobs of SageMaker; left out: by the workers. */
  scoring: z
    .strictObject({
      image: xgboostImage,
      instanceType: z.string().startsWith('ml.').default('ml.m5.xlarge'),
      instances: z.number().int().min(1).max(100).default(1),
    })
    .optional(),
  /** Models whose file has `learner: graph` are learned by Neptune ML; left out: none may be. Instances are Neptune's choice. */
  neptuneMl: z
    .strictObject({
      trainings: z.number().int().min(2).max(100).default(10),
      parallelTrainings: z.number().int().min(1).max(10).default(2),
    })
    .optional(),
  /** Deployed models answer behind endpoints of SageMaker; left out: in the workers. */
  serving: z.strictObject({ capacity: endpointCapacity.prefault({}) }).optional(),
  domain,
  /** Origins of other systems' pages that may show dashboards and widgets, and ask the API. */
  origins: z.array(webOrigin).max(100).default([]),
  /** Dashboards are QuickSight's, those of these ids; left out: the website's own. */
  quicksight: z
    .strictObject({
      namespace: z.string().min(1).default('default'),
      dashboards: z.array(z.string().regex(/^[\w-]+$/)).min(1),
    })
    .optional(),
  /** A cluster of the operator's own, or Temporal Cloud. What it asks for is a secret that is filled in by hand. */
  temporal: z.strictObject({
    address: z.string().regex(/^[^\s/]+:\d+$/, 'expected host:port'),
    namespace: z.string().min(1),
    /** How tasks prove who they are; all speak TLS. */
    authentication: z.enum(['api-key', 'certificate', 'none']).default('api-key'),
  }),
  alerts: z.strictObject({ email: z.email(), monthlyBudgetUsd: z.number().min(1) }),
  /** Requests from one address in five minutes, before it is held off. */
  requestsPerAddress: z.number().int().min(10).default(2_000),
  logDays: z.union([7, 14, 30, 90, 180, 365].map((each) => z.literal(each))).default(90),
});

export type InfraConfig = z.infer<typeof infraConfig>;

/** @throws ZodError listing every problem of the file */
export function readConfig(file: string): InfraConfig {
  return infraConfig.parse(parse(readFileSync(file, 'utf8')));
}
