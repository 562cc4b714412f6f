import type { Command } from 'commander';
import type { ZodType } from 'zod';
import { HttpWebhooks } from '../../adapters/webhooks/http-webhooks';
import { loadHub } from '../../adapters/local/hub-folder';
import { HubError } from '../../core/errors';
import { didYouMean } from '../../core/text/closest-name';
import { problemText, problemsOf } from '../../schemas/issues';
import { notificationListQuestion } from '../../schemas/notification';
import { listNotifications, retryNotifications } from '../notifications';
import { printFromHub, printJson, withHubOption } from './connection';
import { UsageError } from './usage-error';

interface HubOption {
  readonly hub: string;
}

/** `hub notifications …`: what webhooks are told of milestones. */
export function notificationsCommand(program: Command): void {
  const notifications = program.command('notifications').description('what webhooks are told of milestones');
  withHubOption(notifications.command('list'))
    .description('what was told, is being told, and could not be told, the newest first')
    .option('--status <status>', 'only delivering, delivered, failed or cancelled')
    .option('--limit <n>', 'so many at most', '50')
    .action(({ hub, ...options }: HubOption & object) => {
      const question = checked(notificationListQuestion, options);
      return printFromHub(hub, (client) => listNotifications(client, question));
    });
  withHubOption(notifications.command('retry'))
    .description('deliver again what could not be delivered')
    .argument('[ids...]', 'by default all that failed')
    .action((ids: string[], { hub }: HubOption) =>
      printFromHub(hub, (client) => retryNotifications(client, ids.length === 0 ? undefined : ids)),
    );
  withHubOption(notifications.command('test'))
    .description('tell a webhook that this is a test, once, and print what it answers')
    .argument('<webhook>', 'its name in hub.yaml')
    .action(async (webhook: string, { hub }: HubOption) => printJson(await tellTest(hub, webhook)));
}

async function tellTest(folder: string, webhook: string): Promise<object> {
  const { settings } = await loadHub(folder);
  const { webhooks, name: hub } = settings;
  if (!Object.hasOwn(webhooks, webhook)) {
    const hint = didYouMean(webhook, Object.keys(webhooks));
    throw new HubError('WEBHOOK_UNKNOWN', `hub.yaml: webhooks: there is no webhook "${webhook}"${hint}`);
  }
  const now = Date.now();
  const status = await new HttpWebhooks({ webhooks, hub, environment: process.env }).tell(webhook, {
    id: `test/${webhook}/${now}`,
    type: 'org.journeyhub.test',
    subject: 'test',
    time: now,
    data: { message: 'This is a test of Journey Hub.' },
  });
  return { webhook, url: webhooks[webhook]!.url, status };
}

function checked<T>(schema: ZodType<T>, options: object): T {
  const result = schema.safeParse(options, { reportInput: true });
  if (result.success) return result.data;
  const problems = problemsOf(result.error);
  throw new UsageError(problems.map((problem) => `--${problemText(problem)}`).join('; '), problems[0]?.field);
}
