// The order of the rows of a table.

import { LOCALES, type Language } from "./numbers";

/** A column: numbers, or text; null and NaN are missing. */
export type Sortable = ArrayLike<number> | ArrayLike<string | number | null>;

export type Direction = "ascending" | "descending";

const COLLATORS = new Map<Language, Intl.Collator>();

/** Compare text as a dictionary of the language has it, numbers in it by their size. */
export function compareText(one: string, other: string, language: Language): number {
  let collator = COLLATORS.get(language);
  if (!collator) {
    collator = new Intl.Collator(LOCALES[language], { numeric: true });
    COLLATORS.set(language, collator);
  }
  return collator.compare(one, other);
}

/**
 * Return the order of rows by a column: the numbers of the rows, the first first.
 *
 * What is missing comes last in either direction; equal rows keep their order in either direction.
 * Numbers stand before text where a column has both.
 */
export function sortedRows(
  column: Sortable,
  direction: Direction = "ascending",
  language: Language = "en",
): Uint32Array {
  const sign = direction === "ascending" ? 1 : -1;
  const rows: number[] = [];
  const missing: number[] = [];
  for (let row = 0; row < column.length; row++) {
    (isMissing(column[row]) ? missing : rows).push(row);
  }
  rows.sort((one, other) => {
    const [first, second] = [column[one]!, column[other]!];
    if (typeof first === "number" && typeof second === "number") {
      return sign * (first - second) || one - other;
    }
    if (typeof first === "string" && typeof second === "string") {
      return sign * compareText(first, second, language) || one - other;
    }
    return typeof first === "number" ? -sign : sign;
  });
  return Uint32Array.from([...rows, ...missing]);
}

function isMissing(value: string | number | null | undefined): boolean {
  return value === null || value === undefined || value === "" || Number.isNaN(value);
}
