import { keep, recall } from './kept';

export type Theme = 'light' | 'dark';

const KEY = 'journey-hub-theme';

/** The theme that is shown: what the reader chose, or their system's. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Shows what the reader chose the last time. */
export function restoreTheme(): void {
  const kept = recall(KEY);
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset['theme'] = kept;
}

/** Charts hear `themechange` of the window, and draw anew. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  keep(KEY, theme);
  window.dispatchEvent(new Event('themechange'));
}
