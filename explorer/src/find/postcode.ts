// Whether a query is a postcode, or the beginning of one. Whether there is such a postcode, the table of
// postcodes knows.

import { begun, cleanPostcode } from "../postcodes/clean";

/** A postcode in its usual form, such as "LL18 1HD", or the beginning of one. */
export interface PostcodeQuery {
  text: string;
  /** Whether all of it is there. */
  complete: boolean;
}

const LONGEST = 20;

/** Recognise a postcode or the beginning of one; null where it is neither. */
export function postcodeQuery(query: string): PostcodeQuery | null {
  if (query.length > LONGEST) return null;
  const whole = cleanPostcode(query);
  if (whole !== null) return { text: whole, complete: true };
  const part = begun(query);
  return part === null ? null : { text: part.trimEnd(), complete: false };
}
