// The one form in which names and queries are compared.

/** As much of a query as is looked at; nobody looks for more. */
export const LONGEST = 80;

/**
 * Bring names into the form in which they are compared, all at once.
 *
 * - small letters, without accents: "Ynys Môn" is "ynys mon", and ŷ is y;
 * - "&" is "and"; "saint" is "st", as is "St.";
 * - an apostrophe or full stop is nothing: "King's" is "kings";
 * - what else is neither letter nor digit, such as a hyphen, is a space, and several are one.
 *
 * The names are joined by line ends, which costs a twentieth of normalising each by itself.
 */
export function normalLines(names: readonly string[]): string {
  const joined = names.join("\n");
  const given =
    countLines(joined) === names.length
      ? joined
      : names.map((name) => name.replaceAll("\n", " ")).join("\n");
  return given
    .normalize("NFD")
    .toLowerCase()
    .replace(/[\u0300-\u036f'’‘ʼ`.]+/g, "")
    .replace(/&/g, " and ")
    .replace(/[\u0080-\uffff]+/g, (others) => others.replace(/[^\p{L}\p{N}]+/gu, " "))
    .replace(/[^a-z0-9\n\u0080-\uffff]+/g, " ")
    .replaceAll(" \n", "\n")
    .replaceAll("\n ", "\n")
    .replace(/\bsaint\b/g, "st")
    .replace(/^ | $/g, "");
}

/** Bring a query into that form; it is cut off where it is longer than any name. */
export function normal(query: string): string {
  const line = normalLines([query.slice(0, 4 * LONGEST).replaceAll("\n", " ")]);
  return line.slice(0, LONGEST).trimEnd();
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** Compare names in their common form; numbers in them by their size: "leeds 9a", "leeds 10a". */
export function compareNames(one: string, other: string): number {
  let at = 0;
  const end = Math.min(one.length, other.length);
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  while (at > 0 && isDigit(one.charCodeAt(at - 1))) at--;
  if (isDigit(one.charCodeAt(at)) && isDigit(other.charCodeAt(at))) {
    const difference = numberAt(one, at) - numberAt(other, at);
    if (difference) return difference;
  }
  const [rest, otherRest] = [one.slice(at), other.slice(at)];
  return rest < otherRest ? -1 : rest > otherRest ? 1 : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function numberAt(text: string, begin: number): number {
  let end = begin;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return Number(text.slice(begin, end));
}
