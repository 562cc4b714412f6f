import { z } from 'zod';

/** What the names of things in SageMaker begin with. */
const sageMakerName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,28}[a-zA-Z0-9]$/, 'expected 2 to 30 letters, digits and hyphens between them')
  .default('journey-hub');
const imageInEcr = (example: string) => z.string().regex(/\.dkr\.ecr\./, `expected an image in ECR such as ${example}`);
const XGBOOST_EXAMPLE = '123.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5';
const role = z.string().regex(/^arn:/, 'expected the ARN of a role');
const instanceType = z.string().regex(/^ml\./, 'expected a type such as ml.m5.xlarge');

/** Training jobs of SageMaker. */
export const training = z.strictObject({
  /** Of jobs. */
  name: sageMakerName,
  /** SageMaker's own XGBoost 3.0-5 in the region, as its documentation lists it. */
  image: imageInEcr(XGBOOST_EXAMPLE),
  /** That jobs run under. */
  role,
  instanceType: instanceType.default('ml.m5.xlarge'),
  volumeGb: z.number().int().min(1).default(30),
  /** A job that takes longer is stopped. */
  mostMinutes: z.number().int().min(1).max(7_200).default(60),
  kmsKeyId: z.string().min(1).optional(),
});

/** Batch transform jobs of SageMaker. */
export const scoring = z.strictObject({
  /** Of jobs. */
  name: sageMakerName,
  /** SageMaker's own XGBoost 3.0-5 in the region. */
  image: imageInEcr(XGBOOST_EXAMPLE),
  /** That containers run under. */
  role,
  instanceType: instanceType.default('ml.m5.xlarge'),
  instances: z.number().int().min(1).max(100).default(1),
  kmsKeyId: z.string().min(1).optional(),
});

/** Instances that are always there, or none until somebody asks. */
export const endpointCapacity = z.union(
  [
    z.strictObject({
      instanceType: instanceType.default('ml.m5.large'),
      instances: z.number().int().min(1).max(100).default(2),
    }),
    z.strictObject({
      serverlessMemoryMb: z.number().int().multipleOf(1_024).min(1_024).max(6_144),
      mostAtOnce: z.number().int().min(1).max(200).default(10),
    }),
  ],
  { error: 'expected instanceType and instances, or serverlessMemoryMb and mostAtOnce' },
);

/** Real-time endpoints of SageMaker. */
export const serving = z.strictObject({
  /** Of endpoints: that of a model is `<name>-<model>`. */
  name: sageMakerName,
  /** The hub's own model server. */
  image: imageInEcr('123.dkr.ecr.eu-central-1.amazonaws.com/journey-hub/model-server:1.0.0'),
  /** That containers run under. */
  role,
  capacity: endpointCapacity.prefault({}),
  kmsKeyId: z.string().min(1).optional(),
});

/** Neptune ML, which learns the models whose file has `learner: graph`. What is left out Neptune chooses. */
export const neptuneMl = z.strictObject({
  /** Of jobs and endpoints. */
  name: sageMakerName,
  /** By which Neptune and SageMaker read, learn and answer: it must be added to the cluster. */
  role,
  processingInstanceType: instanceType.optional(),
  trainingInstanceType: instanceType.optional(),
  endpointInstanceType: instanceType.optional(),
  /** Models that are tried before one is kept. */
  trainings: z.number().int().min(2).max(100).default(10),
  /** So many of them side by side. */
  parallelTrainings: z.number().int().min(1).max(10).default(2),
  /** A step that takes longer is ended. */
  mostHours: z.number().int().min(1).max(120).default(24),
  kmsKeyId: z.string().min(1).optional(),
  subnets: z.array(z.string().min(1)).min(1).optional(),
  securityGroupIds: z.array(z.string().min(1)).min(1).optional(),
});
