// Ranks of areas (1 = highest score = most need), fractions of the ranking, and groups of ranks.
//
// The same numbers as hyperlocal.methods.ranks and hyperlocal.methods.transform give, computed by
// the same operations in the same order. A missing score or rank is NaN.

import type { DecileRule, PercentileRule, Ties } from "../data/site";

/** The first and the last place that each area could take, and how many areas were ranked. */
export interface TieRanks {
  /** First of the places shared by the areas tied with this one (1, 2, 2, 4). */
  lowest: Float64Array;
  /** Last of those places (1, 3, 3, 4); the same array as `lowest` where there are no ties. */
  highest: Float64Array;
  number: number;
}

/** A part of the ranking as a fraction of whole numbers, so that its limit is exact. */
export interface Share {
  numerator: number;
  denominator: number;
}

export const TENTH: Share = { numerator: 1, denominator: 10 };

export type RankFraction = "(N-rank+1)/N" | "(N-rank)/N";

const HUNDRED = 100;
const DIGIT = 11; // bits per pass of the sort
const BUCKETS = 1 << DIGIT;
const PASSES = 6; // three per half of a double

/**
 * Order areas from the highest score down; those without a score are left out.
 *
 * Equal scores keep the order of the areas. A radix sort over the bits of the numbers: about a
 * millisecond for all areas of England, where a sort with a comparison takes twenty.
 */
export function fromHighest(score: ArrayLike<number>): Uint32Array {
  const { low, high, order } = keysOf(score);
  const number = order.length;
  const counts = histograms(low, high, order);
  let from = order;
  let to = new Uint32Array(number);
  for (let pass = 0; pass < PASSES; pass++) {
    const keys = pass < 3 ? low : high;
    const shift = (pass % 3) * DIGIT;
    const places = counts.subarray(pass * BUCKETS, (pass + 1) * BUCKETS);
    if (number > 0 && places[(keys[from[0]!]! >>> shift) & (BUCKETS - 1)] === number) continue;
    let begin = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = places[bucket]!;
      places[bucket] = begin;
      begin += count;
    }
    for (let place = 0; place < number; place++) {
      const area = from[place]!;
      const bucket = (keys[area]! >>> shift) & (BUCKETS - 1);
      to[places[bucket]!++] = area;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Return the bits of scores, turned so that a higher score has a lower whole number. */
function keysOf(score: ArrayLike<number>): {
  low: Uint32Array;
  high: Uint32Array;
  order: Uint32Array<ArrayBuffer>;
} {
  const values = new Float64Array(score.length);
  const low = new Uint32Array(score.length);
  const high = new Uint32Array(score.length);
  const order = new Uint32Array(score.length);
  const bits = new Uint32Array(values.buffer);
  const [first, second] = LITTLE_ENDIAN ? [0, 1] : [1, 0];
  let number = 0;
  for (let area = 0; area < score.length; area++) {
    const value = score[area]! + 0; // -0 is as high as 0
    if (value !== value) continue;
    values[area] = value;
    const top = bits[2 * area + second]!;
    const turned = top >>> 31 ? 0 : -1;
    low[area] = bits[2 * area + first]! ^ turned;
    high[area] = top ^ (turned & 0x7fffffff);
    order[number++] = area;
  }
  return { low, high, order: order.slice(0, number) };
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function histograms(low: Uint32Array, high: Uint32Array, order: Uint32Array): Uint32Array {
  const counts = new Uint32Array(PASSES * BUCKETS);
  const mask = BUCKETS - 1;
  for (const area of order) {
    const below = low[area]!;
    const above = high[area]!;
    counts[below & mask]!++;
    counts[BUCKETS + ((below >>> DIGIT) & mask)]!++;
    counts[2 * BUCKETS + (below >>> (2 * DIGIT))]!++;
    counts[3 * BUCKETS + (above & mask)]!++;
    counts[4 * BUCKETS + ((above >>> DIGIT) & mask)]!++;
    counts[5 * BUCKETS + (above >>> (2 * DIGIT))]!++;
  }
  return counts;
}

/**
 * Rank areas from the highest score down, keeping the first and last place of every tie.
 *
 * Two scores are tied only if they are equal to the last bit.
 */
export function tieRanks(score: ArrayLike<number>): TieRanks {
  const order = fromHighest(score);
  const number = order.length;
  const lowest = new Float64Array(score.length).fill(NaN);
  let highest = lowest;
  for (let begin = 0; begin < number;) {
    const value = score[order[begin]!]!;
    let end = begin + 1;
    while (end < number && score[order[end]!] === value) end++;
    if (end > begin + 1 && highest === lowest) highest = lowest.slice();
    for (let place = begin; place < end; place++) {
      lowest[order[place]!] = begin + 1;
      if (highest !== lowest) highest[order[place]!] = end;
    }
    begin = end;
  }
  return { lowest, highest, number };
}

/** Return the middle of the shared places (1, 2.5, 2.5, 4). */
export function averageRanks({ lowest, highest }: TieRanks): Float64Array {
  if (lowest === highest) return lowest;
  return lowest.map((first, area) => (first + highest[area]!) / 2);
}

/** Return the rank that a convention gives to tied areas. */
export function pickRanks(ranks: TieRanks, ties: Ties): Float64Array {
  return ties === "average" ? averageRanks(ranks) : ranks.lowest;
}

/**
 * Turn ranks into the fraction R that the exponential transformation takes.
 *
 *     (N-rank+1)/N :  R = (numberRanked - rank + 1) / total
 *     (N-rank)/N   :  R = (numberRanked - rank) / total
 */
export function rankFraction(
  rank: Float64Array,
  numberRanked: number,
  total: number,
  formula: RankFraction,
  single = false,
): Float64Array {
  const first = formula === "(N-rank+1)/N" ? numberRanked + 1 : numberRanked;
  const fraction = rank.map((one) => (first - one) / total);
  return single ? rounded(fraction) : fraction;
}

/**
 * Stretch fractions of a ranking to an exponential distribution from 0 to 100.
 *
 * X = -c * ln((1 - R) + R * q) with q = exp(-100/c); exactly 100 at R = 1. In single precision q
 * and the result are held in single precision, and all between is double.
 */
export function exponentialTransform(
  fraction: Float64Array,
  constant: number,
  single = false,
): Float64Array {
  const exact = Math.exp(-100 / constant);
  const tail = single ? Math.fround(exact) : exact;
  const score = fraction.map((part) =>
    part === 1 ? 100 : -constant * Math.log(1 - part + part * tail) + 0,
  );
  return single ? rounded(score) : score;
}

/** Round numbers to single precision, in place. */
export function rounded(values: Float64Array): Float64Array {
  for (let at = 0; at < values.length; at++) values[at] = Math.fround(values[at]!);
  return values;
}

/**
 * Cut a ranking into groups of nearly equal size, 1 = most need; NaN where there is no rank.
 *
 * Twice the rank is a whole number, and a quotient of whole numbers this small never rounds across
 * a whole number: an area on the border of two groups is always on the right side.
 */
export function deciles(
  rank: ArrayLike<number>,
  number: number,
  rule: DecileRule,
  groups = 10,
): Float64Array {
  const result = new Float64Array(rank.length);
  const ceiling = rule === "ceil(10*rank/N)";
  for (let area = 0; area < rank.length; area++) {
    const twice = 2 * rank[area]!;
    result[area] = ceiling
      ? Math.ceil((groups * twice) / (2 * number))
      : Math.floor((groups * (twice - 2)) / (2 * number)) + 1;
  }
  return result;
}

/** Cut a ranking of at least 100 areas into a hundred groups; see `deciles`. */
export function percentiles(
  rank: ArrayLike<number>,
  number: number,
  rule: PercentileRule,
): Float64Array {
  if (number < HUNDRED) throw new RangeError(`percentiles of ${number} areas`);
  if (rule === "ceil(100*rank/N)") return deciles(rank, number, "ceil(10*rank/N)", HUNDRED);
  if (rule !== "near_equal") return deciles(rank, number, "floor(10*(rank-1)/N)+1", HUNDRED);
  const size = Math.floor(number / HUNDRED);
  const larger = number % HUNDRED;
  const border = larger * (size + 1);
  return Float64Array.from(rank, (one) =>
    one <= border ? Math.ceil(one / (size + 1)) : larger + Math.ceil((one - border) / size),
  );
}

/**
 * Return a test whether a rank is in the most deprived share of a ranking.
 *
 *     ceil(10*rank/N)           rank <= share * N
 *     floor(10*(rank-1)/N)+1    rank - 1 < share * N
 *
 * A missing rank (NaN) is in no share.
 */
export function mostDeprived(
  number: number,
  share: Share,
  rule: DecileRule,
): (rank: number) => boolean {
  const { numerator, denominator } = share;
  const whole = Number.isInteger(numerator) && Number.isInteger(denominator);
  if (!whole || numerator <= 0 || numerator > denominator) {
    throw new RangeError(`the share ${numerator}/${denominator}`);
  }
  const twice = (2 * numerator * number) / denominator;
  if (rule === "ceil(10*rank/N)") {
    const limit = Math.floor(twice) / 2;
    return (rank) => rank <= limit;
  }
  const limit = Math.ceil(twice) / 2;
  return (rank) => rank - 1 < limit;
}
