import { HubError } from '../../../core/errors';
import type { DashboardViewer, EmbedRequest } from '../../../ports/dashboards';

const LIFETIME_MINUTES = { least: 15, most: 600 };
const MOST_DOMAINS = 3;
const MOST_TAGS = 50;
const TAG_KEY_CHARACTERS = 128;
const TAG_VALUE_CHARACTERS = 256;
/** Ids become parts of ARNs, where a slash or a colon would name something else. */
const DASHBOARD_ID = /^[\w-]{1,512}$/;
/** What QuickSight takes of user names, which may have slashes: those of federated users are `role/session`. */
const USER_NAME = /^[\u0020-\u007e\u00a0-\u00ff]{1,256}$/;
const CONTROL_CHARACTER = /\p{Cc}|\p{Surrogate}/u;

/** A request with the domains as browsers name them. Throws as the port tells. */
export function checkedRequest(request: EmbedRequest): EmbedRequest {
  const { dashboard, viewer, allowedDomains, lifetimeMinutes } = request;
  if (!DASHBOARD_ID.test(dashboard))
    throw invalid('DASHBOARD', 'dashboard', `"${dashboard}" is no id of a dashboard: letters, digits, "_" and "-"`);
  checkViewer(viewer);
  checkLifetime(lifetimeMinutes);
  if (allowedDomains.length < 1 || allowedDomains.length > MOST_DOMAINS)
    throw invalid('DOMAINS', 'allowedDomains', `name 1 to ${MOST_DOMAINS} domains, not ${allowedDomains.length}`);
  return { ...request, allowedDomains: allowedDomains.map(originOf) };
}

function checkViewer(viewer: DashboardViewer): void {
  if (viewer.kind === 'anonymous') return checkTags(viewer.sessionTags);
  if (!USER_NAME.test(viewer.user))
    throw invalid('VIEWER', 'viewer.user', `"${viewer.user}" is no user name: 1 to 256 characters of Latin-1`);
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  const names = Object.keys(tags);
  const field = 'viewer.sessionTags';
  if (names.length > MOST_TAGS) throw invalid('TAGS', field, `${MOST_TAGS} tags at most, not ${names.length}`);
  for (const [name, value] of Object.entries(tags)) {
    if (!isText(name, TAG_KEY_CHARACTERS))
      throw invalid('TAGS', field, `"${name}" is no tag: 1 to ${TAG_KEY_CHARACTERS} characters without controls`);
    if (!isText(value, TAG_VALUE_CHARACTERS))
      throw invalid('TAGS', `${field}.${name}`, `a value has 1 to ${TAG_VALUE_CHARACTERS} characters without controls`);
    // By default QuickSight takes it for every value: a viewer would see everybody's rows.
    if (value === '*') throw invalid('TAGS', `${field}.${name}`, 'an asterisk would open all rows: name the values');
  }
}

function isText(text: string, most: number): boolean {
  return text.length >= 1 && text.length <= most && !CONTROL_CHARACTER.test(text);
}

function checkLifetime(minutes: number): void {
  const { least, most } = LIFETIME_MINUTES;
  if (!Number.isInteger(minutes) || minutes < least || minutes > most)
    throw invalid('LIFETIME', 'lifetimeMinutes', `a session lasts ${least} to ${most} whole minutes, not ${minutes}`);
}

/** A domain as browsers name it, e.g. in Punycode. */
function originOf(domain: string, index: number): string {
  const url = URL.canParse(domain) ? new URL(domain) : undefined;
  const isOrigin = url !== undefined && `${url.origin}/` === url.href;
  // An asterisk stands for all subdomains of a domain, never for part of a name or for a whole top-level domain.
  const plain = url?.hostname.replace(/^\*\.(?=[^.]+\.[^.])/, '');
  if (isOrigin && url.protocol === 'https:' && !plain!.includes('*')) return url.origin;
  throw invalid(
    'DOMAINS',
    `allowedDomains.${index}`,
    `"${domain}" is no domain to show dashboards on: https, a host and no path, such as https://desk.example or https://*.example.com`,
  );
}

function invalid(what: string, field: string, message: string): HubError {
  return new HubError(`EMBED_${what}_INVALID`, `${field}: ${message}`, { field });
}
