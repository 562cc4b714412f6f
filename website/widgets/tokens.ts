import tokens from '../style/tokens.css?raw';

/**
 * Gives the custom properties of `style/tokens.css` to pages that have none: as initial values, so that whatever a page says of
 * them, at its root or at any element, comes first.
 */
export function registerTokens(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(tokens);
  const [root] = sheet.cssRules;
  if (!(root instanceof CSSStyleRule)) return;
  for (const name of root.style) {
    if (!name.startsWith('--')) continue;
    // The syntax `*` keeps `light-dark()` as it is: each element chooses by its own color scheme.
    CSS.registerProperty({ name, syntax: '*', inherits: true, initialValue: root.style.getPropertyValue(name).trim() });
  }
}
