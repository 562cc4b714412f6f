import { css } from 'lit';

/** How headings, links, form fields, buttons and tables look, in every page and part. */
export const controls = css`
  :host {
    color: var(--hub-ink);
    font-family: var(--hub-font);
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1 {
    font-size: 1.5rem;
    line-height: 1.25;
    margin: 0 0 0.25rem;
    letter-spacing: -0.01em;
  }
  h2 {
    font-size: 1.1rem;
    margin: 0 0 0.5rem;
  }
  h3 {
    font-size: 1rem;
    margin: 0.75rem 0 0.25rem;
  }
  p {
    margin: 0 0 0.75rem;
    max-width: 70ch;
  }
  a {
    color: var(--hub-accent);
  }
  code,
  pre {
    font-family: var(--hub-mono);
    font-size: 0.85rem;
  }
  pre {
    margin: 0;
    padding: 0.75rem;
    overflow: auto;
    border-radius: var(--hub-radius);
    background: var(--hub-sunken);
  }
  .quiet {
    color: var(--hub-quiet);
  }
  .good {
    color: var(--hub-good);
  }
  .bad {
    color: var(--hub-bad);
  }
  .warn {
    color: var(--hub-warn);
  }
  .panel {
    padding: var(--hub-gap);
    border: 1px solid var(--hub-line);
    border-radius: var(--hub-radius);
    background: var(--hub-panel);
    min-width: 0;
  }
  .stack {
    display: grid;
    gap: var(--hub-gap);
    grid-template-columns: minmax(0, 1fr);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
    align-items: end;
  }
  .row > * {
    min-width: 0;
    max-width: 100%;
  }
  .columns {
    display: grid;
    gap: var(--hub-gap);
    grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr));
  }
  label {
    min-width: 0;
    display: grid;
    grid-template-columns: minmax(0, auto);
    gap: 0.2rem;
    font-size: 0.85rem;
    color: var(--hub-quiet);
  }
  input,
  select,
  textarea,
  button {
    font: inherit;
    font-size: 0.95rem;
    min-height: 2.25rem;
    padding: 0.3rem 0.6rem;
    border: 1px solid var(--hub-line);
    border-radius: 0.4rem;
    color: var(--hub-ink);
    background: var(--hub-panel);
    max-width: 100%;
  }
  input[type='number'] {
    width: 5.5rem;
  }
  input[type='checkbox'] {
    min-height: 1.25rem;
    width: 1.25rem;
  }
  button {
    cursor: pointer;
    border-color: var(--hub-line);
  }
  button.primary {
    border-color: var(--hub-accent);
    background: var(--hub-accent);
    color: var(--hub-on-accent);
    font-weight: 600;
  }
  button[aria-pressed='true'] {
    border-color: var(--hub-accent);
    color: var(--hub-accent);
    font-weight: 600;
  }
  button.plain {
    border-color: transparent;
    background: none;
    color: var(--hub-accent);
    text-align: start;
    padding-inline: 0.25rem;
    text-decoration: underline;
  }
  button:disabled {
    cursor: not-allowed;
    opacity: 0.6;
  }
  :focus-visible {
    outline: 3px solid var(--hub-accent);
    outline-offset: 2px;
  }
  .scroll {
    position: relative;
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 0.92rem;
  }
  caption {
    text-align: start;
    color: var(--hub-quiet);
    padding-bottom: 0.25rem;
  }
  th,
  td {
    text-align: start;
    padding: 0.4rem 0.6rem;
    border-bottom: 1px solid var(--hub-line);
    vertical-align: top;
  }
  th {
    font-weight: 600;
    color: var(--hub-quiet);
    white-space: nowrap;
  }
  .number {
    text-align: end;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .chip {
    display: inline-block;
    padding: 0.05rem 0.5rem;
    border-radius: 1rem;
    background: var(--hub-sunken);
    font-size: 0.85rem;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: no-preference) {
    button {
      transition: background-color 120ms;
    }
  }
`;
