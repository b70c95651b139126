// How postcodes are written, as `hyperlocal.geography.clean_postcodes` has it.

/** The letters that the last two of a postcode can be, in the order of their numbers. */
export const LETTERS = "ABDEFGHJLNPQRSTUWXYZ";

const SPACE = /\p{White_Space}+/gu;
const OUTWARD = "[A-Z][0-9]{1,2}|[A-Z]{2}[0-9]{1,2}|[A-Z]{1,2}[0-9][A-Z]";
const FULL = new RegExp(`^(?:${OUTWARD}|GIR)[0-9][${LETTERS}]{2}$`);
const BEGUN = new RegExp(`^(?:${OUTWARD})(?:[0-9][${LETTERS}]?)?$`);
const BEGUN_PARTED = new RegExp(`^(?:${OUTWARD}) (?:[0-9][${LETTERS}]?)?$`);

/** Bring a postcode into one spelling, such as `SW1A 1AA`; null for what is none. */
export function cleanPostcode(raw: string): string | null {
  const close = closed(raw);
  return FULL.test(close) ? `${close.slice(0, -3)} ${close.slice(-3)}` : null;
}

/**
 * Return what was typed of a postcode, in one spelling; null where it begins none. A space parts it
 * where one was typed after the first half: `CF1 1` is no beginning of CF11, and `CF11` is.
 */
export function begun(text: string): string | null {
  const typed = text
    .replace(/^\p{White_Space}+/u, "")
    .replace(SPACE, " ")
    .toUpperCase();
  if (BEGUN_PARTED.test(typed)) return typed;
  const close = closed(text);
  return BEGUN.test(close) ? close : null;
}

/** Take all white space out of a text, and write it in capitals. */
export function closed(text: string): string {
  return text.replace(SPACE, "").toUpperCase();
}

/** Say whether there is nothing but white space. */
export function isBlank(text: string): boolean {
  return text.replace(SPACE, "") === "";
}
