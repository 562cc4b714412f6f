import { relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { App } from './hub-api';

/** What a browser is to refuse of the website's own pages: anything that is not from the hub. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self' https://*.quicksight.aws.amazon.com",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
];

/** The page that other systems' pages may show. */
const EMBEDDED = 'embed.html';

/** The module that pages of other origins load: a browser runs it there only if everybody may read it. */
const WIDGETS = 'widgets.js';

const A_YEAR_S = 31_536_000;

/** @param origins of the pages that may show embedded dashboards; the other pages are shown by nobody else's */
function securityPolicy(path: string, origins: readonly string[]): string {
  const ancestors = path.endsWith(EMBEDDED) ? ["'self'", ...origins] : ["'self'"];
  return [...CONTENT_SECURITY_POLICY, `frame-ancestors ${ancestors.join(' ')}`].join('; ');
}

/** The website: files whose names change with their content are kept for ever, all others are asked for again. */
export async function registerSite(app: App, folder: string, origins: readonly string[]): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isNamedByContent = path.includes(`${sep}assets${sep}`);
      response.setHeader('cache-control', isNamedByContent ? `public, max-age=${A_YEAR_S}, immutable` : 'no-cache');
      response.setHeader('content-security-policy', securityPolicy(path, origins));
      response.setHeader('x-content-type-options', 'nosniff');
      response.setHeader('referrer-policy', 'same-origin');
      response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=()');
      if (relative(folder, path) === WIDGETS) response.setHeader('access-control-allow-origin', '*');
    },
  });
}
