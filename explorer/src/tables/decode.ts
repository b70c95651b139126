// The text of a file that a reader drops, in whatever encoding a spreadsheet gave it.

const SAMPLE = 4096;

// What windows-1252 has at 0x80 to 0x9f. Some engines decode it as ISO 8859-1, without these.
const WINDOWS =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

/**
 * Decode bytes: UTF-8, UTF-16 with or without a mark, else windows-1252.
 *
 * Spreadsheets write "Unicode text" as UTF-16, and plain CSV in the encoding of the machine, which
 * in Britain is windows-1252. What is valid UTF-8 is hardly ever that.
 */
export function decodeText(given: ArrayBuffer | Uint8Array): string {
  const bytes = given instanceof Uint8Array ? given : new Uint8Array(given);
  const utf16 = encodingOf16(bytes);
  if (utf16) return new TextDecoder(utf16).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("windows-1252").decode(bytes);
    return text.replace(/[\u0080-\u009f]/g, (one) => WINDOWS[one.charCodeAt(0) - 0x80]!);
  }
}

/** Tell whether text is UTF-16: by its mark, or as every other byte of plain letters is 0. */
function encodingOf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const pairs = Math.min(bytes.length, SAMPLE) >> 1;
  if (pairs === 0) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < 2 * pairs; at += 2) {
    if (bytes[at] === 0) even++;
    if (bytes[at + 1] === 0) odd++;
  }
  if (odd > 0.8 * pairs && even < 0.2 * pairs) return "utf-16le";
  return even > 0.8 * pairs && odd < 0.2 * pairs ? "utf-16be" : null;
}
