/** A plain decimal of up to 15 digits before the point, which a double holds: longer ones are names, such as account numbers. */
export const NUMBER_PATTERN = '^-?(0|[1-9][0-9]{0,14})([.][0-9]{1,9})?$';

const NUMBER = new RegExp(NUMBER_PATTERN);

/** An attribute's value as it is compared, and kept in the graph: a number where its text is one, else the text. */
export function attributeValue(text: string): string | number {
  // 0 for -0, which engines print and compare differently.
  return NUMBER.test(text) ? Number(text) + 0 : text;
}
