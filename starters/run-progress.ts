import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityProgress, StageProgress } from '../core/progress/stages';

/** The stages as the workflow tells them, with what its running activities told with their last heartbeats. */
export async function readProgress(client: Client, handle: WorkflowHandle): Promise<StageProgress[]> {
  const stages = await handle.query<StageProgress[]>('progress');
  if (!stages.some(({ status }) => status === 'running')) return stages;
  const { raw } = await handle.describe();
  const children = (raw.pendingChildren ?? []).flatMap(({ workflowId }) =>
    typeof workflowId === 'string' ? [workflowId] : [],
  );
  const heartbeats = (await Promise.all(children.map((id) => heartbeatsOf(client, id)))).flat();
  return stages.map((stage) => (stage.status === 'running' ? withHeartbeats(stage, heartbeats) : stage));
}

async function heartbeatsOf(client: Client, workflowId: string): Promise<ActivityProgress[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return (raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) => {
    const payload = heartbeatDetails?.payloads?.[0];
    return payload === undefined ? [] : [defaultPayloadConverter.fromPayload<ActivityProgress>(payload)];
  });
}

function withHeartbeats(stage: StageProgress, heartbeats: readonly ActivityProgress[]): StageProgress {
  const own = heartbeats.filter((heartbeat) => heartbeat.stage === stage.stage && heartbeat.total !== undefined);
  const first = own[0];
  if (first === undefined) return stage;
  const same = own.filter(({ unit }) => unit === first.unit);
  const sum = (value: (heartbeat: ActivityProgress) => number) => same.reduce((total, one) => total + value(one), 0);
  return { ...stage, unit: first.unit, done: sum(({ done }) => done), total: sum(({ total }) => total ?? 0) };
}
