// Whether a query is a postcode, or the beginning of one. Whether there is such a postcode, another
// module knows.

/** A postcode in its usual form, such as "LL18 1HD", or the beginning of one. */
export interface PostcodeQuery {
  text: string;
  /** Whether all of it is there. */
  complete: boolean;
}

// An outward code is one or two letters, a digit without a leading 0, and perhaps one more digit
// or letter. "E01000001" is none: it is the code of an area.
const OUTWARD = "[A-Z]{1,2}(?:[1-9][0-9A-Z]?|0[A-Z]?)";
const WHOLE = new RegExp(`^(${OUTWARD})([0-9][A-Z]{2})$`);
const PART = new RegExp(`^(${OUTWARD})(?: ([0-9][A-Z]?)?)?$`);

/** Recognise a postcode or the beginning of one; null where it is neither. */
export function postcodeQuery(query: string): PostcodeQuery | null {
  if (query.length > 20) return null;
  const text = query.toUpperCase().replace(/\s+/g, " ").trimStart();
  const whole = WHOLE.exec(text.replaceAll(" ", ""));
  if (whole) return { text: `${whole[1]} ${whole[2]}`, complete: true };
  const part = PART.exec(text);
  if (!part) return null;
  return { text: part[2] ? `${part[1]} ${part[2]}` : part[1]!, complete: false };
}
