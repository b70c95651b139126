// Numbers in the language of the page; what is missing is a dash.

import { NumberFormats } from "../tables/numbers";
import { spoken } from "./messages.svelte";

type Given = number | null | undefined;

const FORMATS = { en: new NumberFormats("en"), cy: new NumberFormats("cy") };
const MISSING = "–";
const DIGITS = 4;

function formats(): NumberFormats {
  return FORMATS[spoken.language];
}

/** A whole number or a half, such as a rank. */
export function whole(value: Given): string {
  return formats().whole(value) || MISSING;
}

/** A number with so many decimals. */
export function fixed(value: Given, decimals: number): string {
  return formats().fixed(value, decimals) || MISSING;
}

/** A number with as many decimals as its size asks for, such as 12,345 or 94.22 or 0.0132. */
export function plain(value: Given): string {
  return formats().significant(value, DIGITS) || MISSING;
}

/** A number as short as a legend needs it. */
export function short(value: Given): string {
  return formats().significant(value, 2) || MISSING;
}

/** A share as a percentage. */
export function percent(share: Given, decimals = 1): string {
  return formats().percent(share, decimals) || MISSING;
}

/** A difference with its sign and so many decimals, such as +0.31 or -12.00. */
export function difference(value: Given, decimals: number): string {
  return formats().difference(value, decimals) || MISSING;
}

/** A number with its sign, such as +0.31 or -12. */
export function signed(value: Given, digits = 3): string {
  return formats().signed(value, digits) || MISSING;
}
