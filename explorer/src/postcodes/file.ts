// The file of one postcode area; docs/explorer/files.md describes it.

import { arrayOf, type Arrays } from "../data/arrays";
import { LETTERS } from "./clean";

/** How many postcodes there can be in a district. */
export const INWARD = 10 * LETTERS.length ** 2;
/** Stands for the month in which a postcode ended, where it did not. */
export const IN_USE = -1;
/** Stands for the place of an area, where a postcode is in no area of the index. */
export const NOWHERE = -1;

/** The postcodes of one postcode area, in the order of their numbers. */
export interface PostcodeArea {
  /** Where the numbers of each district begin, by what follows the letters: `10`, `1A`. */
  districts: Map<string, number>;
  numbers: Uint32Array;
  /** The place of the small area of each, or `NOWHERE`. */
  places: Int32Array;
  /** 12 times the year plus the month from 0, 0 where it is not known, or `IN_USE`. */
  months: Int16Array;
}

/** Read the file of one postcode area. */
export function readPostcodeArea(file: Arrays): PostcodeArea {
  const names = file.about["districts"] as string[];
  const gap = arrayOf(file, "gap");
  const area = arrayOf(file, "area");
  const palette = arrayOf(file, "palette");
  const ended = arrayOf(file, "ended");
  const month = arrayOf(file, "month");
  const none = 2 ** (8 * palette.BYTES_PER_ELEMENT) - 1;
  const starts = startsOf(file);
  const numbers = new Uint32Array(gap.length);
  const places = new Int32Array(gap.length);
  const months = new Int16Array(gap.length);
  let number = -1;
  let past = 0;
  for (let i = 0; i < gap.length; i++) {
    number += gap[i]! + 1;
    const place = palette[starts[Math.floor(number / INWARD)]! + area[i]!]!;
    numbers[i] = number;
    places[i] = place === none ? NOWHERE : place;
    months[i] = (ended[i >> 3]! >> (i & 7)) & 1 ? month[past++]! : IN_USE;
  }
  const districts = new Map(names.map((name, place) => [name, place * INWARD]));
  return { districts, numbers, places, months };
}

/** Return where the palette of each district begins. */
function startsOf(file: Arrays): Uint32Array {
  const sizes = arrayOf(file, "palettes");
  const starts = new Uint32Array(sizes.length);
  for (let i = 1; i < sizes.length; i++) starts[i] = starts[i - 1]! + sizes[i - 1]!;
  return starts;
}

/** Return the number of the second half of a postcode, or the first that begins so. */
export function inwardNumber(inward: string): number {
  const [digit = "0", first = "A", second = "A"] = inward;
  const letters = LETTERS.indexOf(first) * LETTERS.length + LETTERS.indexOf(second);
  return Number(digit) * LETTERS.length ** 2 + letters;
}

/** Return the second half of the postcode of a number. */
export function inwardOf(number: number): string {
  const rest = number % INWARD;
  const many = LETTERS.length;
  const digit = Math.floor(rest / many ** 2);
  return `${digit}${LETTERS[Math.floor(rest / many) % many]}${LETTERS[rest % many]}`;
}

/** Return where a number stands among ascending ones, or would stand. */
export function positionOf(numbers: Uint32Array, number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
