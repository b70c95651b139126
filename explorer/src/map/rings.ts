// The points of rings, and what is known of areas by them.

import type { Arcs } from "./arcs";

const AREAS_OF_CHUNK = 64;

/** The points of rings, which areas do not share. */
export interface RingPoints {
  /** x, y of each point, from the origin. */
  places: Float32Array;
  /** The place of the area of each point, in the index. */
  areaOf: Uint32Array;
  /** Where each ring begins among the points. */
  ringStart: Uint32Array;
  /** Where each area begins among the rings. */
  areaRings: Uint32Array;
}

/** Put the points of arcs together into rings. */
export function ringPoints(
  arcs: Arcs,
  [left, top]: readonly [number, number],
  named: Uint32Array | null,
): RingPoints {
  const rings = arcs.ringStart.length - 1;
  const ringStart = new Uint32Array(rings + 1);
  for (let ring = 0; ring < rings; ring++) {
    let points = 0;
    for (let i = arcs.ringStart[ring]!; i < arcs.ringStart[ring + 1]!; i++) {
      const given = arcs.ringArcs[i]!;
      const arc = given < 0 ? -1 - given : given;
      points += arcs.start[arc + 1]! - arcs.start[arc]! - 1;
    }
    ringStart[ring + 1] = ringStart[ring]! + points;
  }
  const areaRings = arcs.areaStart.map((polygon) => arcs.polygonStart[polygon]!);
  const places = new Float32Array(2 * ringStart[rings]!);
  let next = 0;
  for (const given of arcs.ringArcs) {
    const backward = given < 0;
    const arc = backward ? -1 - given : given;
    const [from, to] = [arcs.start[arc]!, arcs.start[arc + 1]! - 1];
    for (let k = from; k < to; k++) {
      const point = backward ? from + to - k : k; // without its last: the next arc begins there
      places[next++] = arcs.x[point]! - left;
      places[next++] = arcs.y[point]! - top;
    }
  }
  const areaOf = new Uint32Array(ringStart[rings]!);
  for (let area = 0; area < areaRings.length - 1; area++) {
    const [from, to] = [ringStart[areaRings[area]!]!, ringStart[areaRings[area + 1]!]!];
    areaOf.fill(named?.[area] ?? area, from, to);
  }
  return { places, areaOf, ringStart, areaRings };
}

/** West, north, east and south of every area. */
export function boundsOf(
  places: Float32Array,
  ringStart: Uint32Array,
  areaRings: Uint32Array,
  areas: number,
): Float32Array {
  const bounds = new Float32Array(4 * areas);
  for (let area = 0; area < areas; area++) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    const to = 2 * ringStart[areaRings[area + 1]!]!;
    for (let i = 2 * ringStart[areaRings[area]!]!; i < to; i += 2) {
      west = Math.min(west, places[i]!);
      east = Math.max(east, places[i]!);
      north = Math.min(north, places[i + 1]!);
      south = Math.max(south, places[i + 1]!);
    }
    bounds.set([west, north, east, south], 4 * area);
  }
  return bounds;
}

/** A point inside of every area: the middle of its widest run at half the height of its largest
 * ring, which may be the only one there: parts of an area can lie far apart. */
export function labelsOf(
  places: Float32Array,
  ringStart: Uint32Array,
  areaRings: Uint32Array,
  bounds: Float32Array,
): Float32Array {
  const labels = new Float32Array(bounds.length / 2);
  const crossings: number[] = [];
  for (let area = 0; area < labels.length / 2; area++) {
    // Half a step aside, so that the line runs through no point.
    const [from, to] = [areaRings[area]!, areaRings[area + 1]!];
    const y = Math.floor(middleOfLargest(places, ringStart, from, to)) + 0.5;
    crossings.length = 0;
    for (let ring = areaRings[area]!; ring < areaRings[area + 1]!; ring++) {
      cross(places, ringStart[ring]!, ringStart[ring + 1]!, y, crossings);
    }
    crossings.sort((a, b) => a - b);
    let [x, widest] = [(bounds[4 * area]! + bounds[4 * area + 2]!) / 2, -1];
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const width = crossings[i + 1]! - crossings[i]!;
      if (width > widest) [x, widest] = [(crossings[i]! + crossings[i + 1]!) / 2, width];
    }
    labels[2 * area] = x;
    labels[2 * area + 1] = y;
  }
  return labels;
}

/** Halfway between the north and the south of the ring that covers most ground. */
function middleOfLargest(
  places: Float32Array,
  ringStart: Uint32Array,
  first: number,
  end: number,
): number {
  let [middle, largest] = [0, -1];
  for (let ring = first; ring < end; ring++) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 2 * ringStart[ring]!; i < 2 * ringStart[ring + 1]!; i += 2) {
      west = Math.min(west, places[i]!);
      east = Math.max(east, places[i]!);
      north = Math.min(north, places[i + 1]!);
      south = Math.max(south, places[i + 1]!);
    }
    const size = (east - west) * (south - north);
    if (size > largest) [middle, largest] = [(north + south) / 2, size];
  }
  return middle;
}

/** Add where the edges of a ring cross a level. */
function cross(places: Float32Array, from: number, to: number, y: number, found: number[]): void {
  for (let i = from, before = to - 1; i < to; before = i++) {
    const [x1, y1] = [places[2 * before]!, places[2 * before + 1]!];
    const [x2, y2] = [places[2 * i]!, places[2 * i + 1]!];
    if (y1 > y !== y2 > y) found.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
}

/** Tell whether a point lies in the rings of an area, holes left out. */
export function inRings(
  places: Float32Array,
  ringStart: Uint32Array,
  from: number,
  to: number,
  x: number,
  y: number,
): boolean {
  let inside = false;
  for (let ring = from; ring < to; ring++) {
    const [begin, end] = [ringStart[ring]!, ringStart[ring + 1]!];
    for (let i = begin, before = end - 1; i < end; before = i++) {
      const [y1, y2] = [places[2 * before + 1]!, places[2 * i + 1]!];
      if (y1 > y === y2 > y) continue;
      const [x1, x2] = [places[2 * before]!, places[2 * i]!];
      if (x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    }
  }
  return inside;
}

/** Share areas out among chunks of areas near each other, along Hilbert's curve. */
export function neighbourly(bounds: Float32Array, areas: number): Uint16Array {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < bounds.length; i += 4) {
    west = Math.min(west, bounds[i]!);
    north = Math.min(north, bounds[i + 1]!);
    east = Math.max(east, bounds[i + 2]!);
    south = Math.max(south, bounds[i + 3]!);
  }
  const extent = Math.max(east - west, south - north, 1);
  const codes = Float64Array.from({ length: areas }, (_, area) => {
    const x = (bounds[4 * area]! + bounds[4 * area + 2]!) / 2 - west;
    const y = (bounds[4 * area + 1]! + bounds[4 * area + 3]!) / 2 - north;
    return alongCurve(Math.floor((x / extent) * 0x7fff), Math.floor((y / extent) * 0x7fff));
  });
  const order = Uint32Array.from({ length: areas }, (_, area) => area);
  order.sort((a, b) => codes[a]! - codes[b]!);
  const chunk = new Uint16Array(areas);
  order.forEach((area, i) => (chunk[area] = Math.floor(i / AREAS_OF_CHUNK)));
  return chunk;
}

/** How far along Hilbert's curve through a square of 2^15 cells a cell lies. */
function alongCurve(x: number, y: number): number {
  let far = 0;
  for (let side = 1 << 14; side > 0; side >>= 1) {
    const [right, down] = [x & side ? 1 : 0, y & side ? 1 : 0];
    far += side * side * ((3 * right) ^ down);
    if (down) continue;
    if (right) [x, y] = [0x7fff - x, 0x7fff - y];
    [x, y] = [y, x];
  }
  return far;
}
