import type { TokenSource } from './connection';

export interface WidgetSettings {
  /** The address of the hub; by default where this module is from. */
  readonly hub?: string;
  readonly token?: TokenSource;
}

/** Tells `change` when the settings of the page changed. */
export const settingsChanges = new EventTarget();

/** Pages configure the widgets when they have loaded this module: until they had the time, nobody is asked, let alone without a token. */
export const untilConfigured = new Promise<void>((resolve) => setTimeout(resolve));

let settings: WidgetSettings = {};

export function currentSettings(): Required<Pick<WidgetSettings, 'hub'>> & WidgetSettings {
  return { hub: new URL(import.meta.url).origin, ...settings };
}

/** Says once for all widgets of the page which hub they ask, and where their tokens come from; an element's own say comes first. */
export function configure(changed: WidgetSettings): void {
  settings = { ...settings, ...changed };
  settingsChanges.dispatchEvent(new Event('change'));
}
