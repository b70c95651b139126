// Tables as CSV (RFC 4180), such that Excel opens them as they are.

export type Cell = string | number | null | undefined;

const BYTE_ORDER_MARK = "\ufeff"; // tells Excel that it is UTF-8
const LINE_END = "\r\n";
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

/**
 * Write a table, the heading first.
 *
 * Numbers have a dot and all their digits; what is missing (null, NaN) is empty. Text that a
 * spreadsheet would take for a formula gets an apostrophe before it; text that is a plain number,
 * such as "-3.5", does not.
 */
export function writeCsv(heading: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [heading.map(written).join(",")];
  for (const row of rows) lines.push(row.map(written).join(","));
  return BYTE_ORDER_MARK + lines.join(LINE_END) + LINE_END;
}

function written(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  const guarded = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
