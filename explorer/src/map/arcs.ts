// The arcs of boundaries, as docs/explorer/files.md ("The boundaries") describes them.

import { arrayOf, type Arrays, type Numbers } from "../data/arrays";

/** Boundaries as lines that neighbours share, and the rings that are made of them. */
export interface Arcs {
  /** The steps of the grid along the Web Mercator square. */
  grid: number;
  /** The points of all arcs, in steps of the grid. */
  x: Int32Array;
  y: Int32Array;
  /** Where each arc begins among the points; one more at the end. */
  start: Uint32Array;
  /** The arcs of all rings: a number, or -1 - number where the ring runs along it backwards. */
  ringArcs: Int32Array;
  /** Where each ring begins in `ringArcs`; one more at the end. */
  ringStart: Uint32Array;
  /** Where each polygon begins among the rings, its outer ring first; one more at the end. */
  polygonStart: Uint32Array;
  /** Where each area begins among the polygons; one more at the end. */
  areaStart: Uint32Array;
}

/** Read the arcs of a file of boundaries. */
export function readArcs(file: Arrays): Arcs {
  if (file.about["format"] !== 1) throw new Error("the boundaries are of another format");
  const ringStart = added(arrayOf(file, "ring_arcs"));
  return {
    grid: 2 ** Number(file.about["grid"]),
    x: summed(file, "x"),
    y: summed(file, "y"),
    start: added(arrayOf(file, "points")),
    ringArcs: ringArcs(whole(file, "arc")),
    ringStart,
    polygonStart: added(arrayOf(file, "rings")),
    areaStart: added(arrayOf(file, "polygons")),
  };
}

/** Where each of a row of things begins, from how large they are. */
export function added(sizes: Numbers): Uint32Array {
  const start = new Uint32Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) start[i + 1] = start[i]! + sizes[i]!;
  return start;
}

/** Put numbers together from their four bytes. */
function whole(file: Arrays, name: string): Uint32Array {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => arrayOf(file, `${name}${i}`));
  const numbers = new Uint32Array(a!.length);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = a![i]! | (b![i]! << 8) | (c![i]! << 16) | (d![i]! << 24);
  }
  return numbers;
}

/** Add up the differences between points. */
function summed(file: Arrays, name: string): Int32Array {
  const numbers = whole(file, name);
  const sums = new Int32Array(numbers.length);
  let sum = 0;
  for (let i = 0; i < sums.length; i++) {
    const number = numbers[i]!;
    sum += (number >>> 1) ^ -(number & 1);
    sums[i] = sum;
  }
  return sums;
}

/** 0: the next new arc; otherwise how far back the arc is, twice, less 1 where it runs backwards. */
function ringArcs(codes: Uint32Array): Int32Array {
  const found = new Int32Array(codes.length);
  let next = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 0) found[i] = next++;
    else {
      const arc = next - ((code + 1) >>> 1);
      found[i] = code & 1 ? -1 - arc : arc;
    }
  }
  return found;
}
