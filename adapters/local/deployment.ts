import type { ConfigReader, Revision } from './config-reader';

/**
 * What the place that a hub is deployed to says in place of hub.yaml: `HUB_ROOM` and `HUB_ENGINES` of its engines, `HUB_URL` where
 * browsers reach it, `HUB_ORIGINS` whose pages may (a space between each). Engines that are no JSON are told to the reader, and nothing of
 * them shown: somebody may have put a secret there.
 */
export function deployedOn(environment: NodeJS.ProcessEnv, reader: ConfigReader): Revision {
  const { HUB_ROOM: room, HUB_ENGINES: json, HUB_URL: url, HUB_ORIGINS: origins } = environment;
  const engines = json ? objectOf(json) : {};
  if (engines === undefined) {
    reader.problem('HUB_ENGINES', '', 'expected a JSON object, as hub.yaml has engines; set it so, or leave it out');
  }
  return {
    revise: (parsed) => {
      const own = (parsed ?? {}) as { readonly engines?: object; readonly api?: object };
      const api = { ...(url ? { url } : {}), ...(origins ? { origins: origins.split(/\s+/) } : {}) };
      return {
        ...own,
        ...(room ? { room } : {}),
        ...(json ? { engines: { ...own.engines, ...engines } } : {}),
        ...(url || origins ? { api: { ...own.api, ...api } } : {}),
      };
    },
    origin: (field) => {
      if (field === 'room' && room) return { file: 'HUB_ROOM', field: '' };
      if (field === 'api.url' && url) return { file: 'HUB_URL', field: '' };
      if (field.startsWith('api.origins') && origins) return { file: 'HUB_ORIGINS', field: field.slice(12) };
      const [section, engine = '', ...rest] = field.split('.');
      if (section !== 'engines' || !Object.hasOwn(engines ?? {}, engine)) return undefined;
      return { file: 'HUB_ENGINES', field: [engine, ...rest].join('.') };
    },
  };
}

function objectOf(json: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
