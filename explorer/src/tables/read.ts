// Tables that a reader pastes or drops: any separator, with or without quotes and heading.

export const SEPARATORS = ["\t", ";", "|", ","] as const;
export type Separator = (typeof SEPARATORS)[number];

export interface ReadTable {
  /** The rows; they may differ in length. Lines of nothing but blanks are left out. */
  rows: string[][];
  separator: Separator;
  /** Whether there are more rows than were asked for. */
  more: boolean;
}

const MOST = 1_000_000;
const QUOTE = 34;
const SPACE = 32;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SAMPLED = 20; // rows by which the separator is found
const SAMPLE = 20_000; // and characters, at most

/**
 * Read a table of text.
 *
 * The separator is the one that cuts most of the first rows into equally many cells; of several,
 * that which is the rarer in text (tab, semicolon, bar, comma). A first line "sep=;", as Excel
 * writes, is obeyed. A cell may be in quotes, which are doubled inside; a quote that is never closed
 * is a character as any other. Blanks around cells are cut off, unless in quotes.
 */
export function readTable(text: string, most = MOST): ReadTable {
  let begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const stated = /^sep=([\t;|,])\r?\n/i.exec(text.slice(begin, begin + 8));
  if (stated) begin += stated[0].length;
  const whole = begin > 0 ? text.slice(begin) : text;
  const separator = (stated?.[1] as Separator | undefined) ?? separatorOf(whole);
  const rows = rowsOf(whole, separator, most + 1);
  const more = rows.length > most;
  if (more) rows.pop();
  return { rows, separator, more };
}

/** Return the separator that cuts most of the first rows into equally many cells. */
export function separatorOf(text: string): Separator {
  const sample = text.slice(0, SAMPLE);
  let best: Separator = ",";
  let most = 0;
  for (const separator of SEPARATORS) {
    if (!sample.includes(separator)) continue;
    const rows = rowsOf(sample, separator, SAMPLED);
    const counts = new Map<number, number>();
    for (const { length } of rows) {
      if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
    }
    const equal = Math.max(0, ...counts.values());
    if (equal > most) [best, most] = [separator, equal];
  }
  return best;
}

function rowsOf(text: string, separator: Separator, most: number): string[][] {
  return text.includes('"') ? quotedRows(text, separator, most) : plainRows(text, separator, most);
}

function plainRows(text: string, separator: Separator, most: number): string[][] {
  const rows: string[][] = [];
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  for (let begin = 0; begin < lines.length && rows.length < most;) {
    const found = lines.indexOf("\n", begin);
    const end = found < 0 ? lines.length : found;
    const row = lines.slice(begin, end).split(separator);
    for (let at = 0; at < row.length; at++) row[at] = row[at]!.trim();
    if (hasContent(row)) rows.push(row);
    begin = end + 1;
  }
  return rows;
}

function quotedRows(text: string, separator: Separator, most: number): string[][] {
  const rows: string[][] = [];
  const code = separator.charCodeAt(0);
  const lastQuote = text.lastIndexOf('"');
  let row: string[] = [];
  for (let at = 0; at <= text.length && rows.length < most;) {
    let begin = at;
    while (text.charCodeAt(begin) === SPACE) begin++;
    const quoted = text.charCodeAt(begin) === QUOTE && begin < lastQuote;
    const close = quoted ? closingQuote(text, begin + 1) : -1;
    const end = cellEnd(text, close < 0 ? begin : close + 1, code);
    if (close < 0) row.push(text.slice(begin, end).trim());
    else row.push(unquoted(text.slice(begin + 1, close)) + text.slice(close + 1, end).trim());
    if (text.charCodeAt(end) !== code) {
      if (hasContent(row)) rows.push(row);
      row = [];
    }
    at = end + 1;
  }
  return rows;
}

function unquoted(inside: string): string {
  return inside.includes('"') ? inside.replaceAll('""', '"') : inside;
}

/** Return where a quoted text ends; a quote that is doubled does not end it. */
function closingQuote(text: string, begin: number): number {
  for (let at = text.indexOf('"', begin); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
  return -1;
}

/** Return where the separator, the line end or the end of the text behind a cell is. */
function cellEnd(text: string, begin: number, separator: number): number {
  for (let at = begin; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === separator || code === LINE_FEED || code === CARRIAGE_RETURN) return at;
  }
  return text.length;
}

function hasContent(row: readonly string[]): boolean {
  for (const cell of row) if (cell !== "") return true;
  return false;
}
