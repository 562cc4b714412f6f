import type { ConfigReader, Revision } from './config-reader';

/**
 * What the place that a hub is deployed to says of its engines, in place of hub.yaml: `HUB_ROOM`, and `HUB_ENGINES`. One that is no
 * JSON is told to the reader, and nothing of it shown: somebody may have put a secret there.
 */
export function deployedOn({ HUB_ROOM: room, HUB_ENGINES: json }: NodeJS.ProcessEnv, reader: ConfigReader): Revision {
  const engines = json ? objectOf(json) : {};
  if (engines === undefined) {
    reader.problem('HUB_ENGINES', '', 'expected a JSON object, as hub.yaml has engines; set it so, or leave it out');
  }
  return {
    revise: (parsed) => {
      const own = (parsed ?? {}) as { readonly engines?: object };
      return { ...own, ...(room ? { room } : {}), ...(json ? { engines: { ...own.engines, ...engines } } : {}) };
    },
    origin: (field) => {
      if (field === 'room' && room) return { file: 'HUB_ROOM', field: '' };
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
