/** The colours that charts draw with, as the theme has them. */
export interface Palette {
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly panel: string;
  readonly accent: string;
  readonly anchor: string;
  readonly good: string;
  readonly bad: string;
  readonly warn: string;
  /** Of things that are told apart by colour beside their names: told apart with colour-blind eyes, too (Okabe and Ito 2008). */
  readonly kinds: readonly string[];
}

const KINDS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8c8c2b', '#7a6ff0'];

/** The palette where an element is. Colours are computed, since a canvas knows no custom properties. */
export function paletteOf(element: Element): Palette {
  const probe = document.createElement('span');
  element.shadowRoot!.append(probe);
  const color = (name: string) => {
    probe.style.color = `var(--hub-${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    ink: color('ink'),
    quiet: color('quiet'),
    line: color('line'),
    panel: color('panel'),
    accent: color('accent'),
    anchor: color('anchor'),
    good: color('good'),
    bad: color('bad'),
    warn: color('warn'),
    kinds: KINDS,
  };
  probe.remove();
  return palette;
}

/** The colour of a step type: the same in all charts that are given the same step types. */
export function stepColours({ kinds }: Palette, steps: readonly string[]): (step: string) => string | undefined {
  const places = new Map(steps.map((step, place) => [step, place]));
  return (step) => {
    const place = places.get(step);
    return place === undefined ? undefined : kinds[place % kinds.length];
  };
}
