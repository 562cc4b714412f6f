/** What Neptune ML's jobs and endpoints run on; what is left out Neptune chooses. */
export interface NeptuneMlSettings {
  /** What the names of jobs and endpoints begin with. */
  readonly name: string;
  /** By which Neptune and SageMaker do their work: it must be added to the cluster. */
  readonly roleArn: string;
  readonly processingInstanceType?: string | undefined;
  readonly trainingInstanceType?: string | undefined;
  readonly endpointInstanceType?: string | undefined;
  /** Models that are tried before one is kept, and how many side by side. */
  readonly trainings: number;
  readonly parallelTrainings: number;
  /** A step that takes longer is ended by SageMaker, in seconds. */
  readonly mostSeconds: number;
  readonly kmsKeyId?: string | undefined;
  readonly subnets?: readonly string[] | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
}

/** What all requests for work say. */
export function workRequest({ roleArn, kmsKeyId, subnets, securityGroupIds }: NeptuneMlSettings) {
  return {
    neptuneIamRoleArn: roleArn,
    sagemakerIamRoleArn: roleArn,
    ...(kmsKeyId === undefined ? {} : { volumeEncryptionKMSKey: kmsKeyId, s3OutputEncryptionKMSKey: kmsKeyId }),
    ...(subnets === undefined ? {} : { subnets: [...subnets] }),
    ...(securityGroupIds === undefined ? {} : { securityGroupIds: [...securityGroupIds] }),
  };
}
