import type { Command } from 'commander';
import { applySchedules, NIGHTLY_SCHEDULE } from '../start/schedules';
import { hubId } from '../start/hub-id';
import { connectHub, printJson, withHubOption } from './connection';

/** `hub schedules …`: when what runs by itself, as hub.yaml has it. */
export function schedulesCommand(program: Command): void {
  const schedules = program.command('schedules').description('what runs by itself, and when');
  withHubOption(schedules.command('apply'))
    .description(
      "make the namespace's schedules what hub.yaml says, and the namespace this hub's; hub start does so by itself",
    )
    .action(apply);
}

async function apply(options: { readonly hub: string }): Promise<void> {
  const { hub, client, namespace } = await connectHub(options.hub);
  try {
    await applySchedules(client, hub.settings, await hubId(hub));
    printJson({ namespace, schedule: NIGHTLY_SCHEDULE, cron: hub.settings.nightly.cron, zone: hub.settings.timezone });
  } finally {
    await client.connection.close();
  }
}
