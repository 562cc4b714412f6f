import type { Stack } from 'aws-cdk-lib';
import type { z } from 'zod';
import type { engines } from '../../schemas/engines';
import type { InfraConfig } from '../config';
import type { DataStack } from '../data/data-stack';
import { LAKE_PREFIX, LANDING_PREFIX } from '../data/lake';

/** Where the images have the hub folder, and where tasks have room for files. */
const HUB_FOLDER = '/hub/hub-folder';
export const DATA_FOLDER = '/data';

/** What tells a process of the hub where its engines are: hub.yaml need not know. */
export function hubEnvironment(stack: Stack, config: InfraConfig, data: DataStack): Record<string, string> {
  const { lake, graph, triggers, warehouse, key } = data;
  const settings: z.input<typeof engines> = {
    aws: {
      region: config.region,
      lake: {
        bucket: lake.bucket.bucketName,
        prefix: LAKE_PREFIX,
        kmsKeyId: key.keyArn,
        database: lake.database,
        workGroup: lake.workGroup,
      },
      landing: { bucket: lake.bucket.bucketName, prefix: LANDING_PREFIX },
      neptune: {
        url: graph.url,
        reader: graph.reader,
        iam: true,
        loaderRole: graph.loaderRole.roleArn,
      },
      triggers: { prefix: triggers.prefix },
      redshift: {
        workgroup: warehouse.workgroup.workgroupName,
        database: warehouse.database,
        copyRole: warehouse.copyRole.roleArn,
      },
      ...(config.training && {
        training: {
          ...config.training,
          name: config.name,
          role: data.models.trainingRole.roleArn,
          kmsKeyId: key.keyArn,
        },
      }),
      ...(config.neptuneMl && {
        neptuneMl: { ...config.neptuneMl, name: config.name, role: graph.mlRole.roleArn, kmsKeyId: key.keyArn },
      }),
      ...(config.scoring && {
        scoring: {
          ...config.scoring,
          name: config.name,
          role: data.models.scoringRole.roleArn,
          kmsKeyId: key.keyArn,
        },
      }),
      ...(config.serving && {
        serving: {
          ...config.serving,
          name: config.name,
          image: data.images.modelServer.repositoryUriForTag(config.compute.imageTag),
          role: data.models.servingRole.roleArn,
          kmsKeyId: key.keyArn,
        },
      }),
      ...(config.quicksight && {
        quicksight: { accountId: stack.account, namespace: config.quicksight.namespace },
      }),
    },
  };
  return {
    HUB_FOLDER,
    HUB_DATA: DATA_FOLDER,
    // Tasks come and go with their disks: the hub is who has its lake.
    HUB_ID: lake.bucket.bucketName,
    HUB_ROOM: 'aws',
    HUB_URL: `https://${config.domain.name}`,
    ...(config.origins.length > 0 && { HUB_ORIGINS: config.origins.join(' ') }),
    HUB_ENGINES: stack.toJsonString(settings),
    TEMPORAL_ADDRESS: config.temporal.address,
    TEMPORAL_NAMESPACE: config.temporal.namespace,
    TEMPORAL_TLS: 'true',
    AWS_REGION: config.region,
  };
}
