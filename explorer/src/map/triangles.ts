// Polygons cut into triangles.

import earcut from "earcut";
import type { Arcs } from "./arcs";
import type { RingPoints } from "./rings";

/** Points of rings, three for each triangle, those of a chunk together. */
export interface Triangles {
  indices: Uint32Array;
  /** Where those of each chunk begin and end. */
  ranges: [number, number][];
}

/** Cut the polygons of all areas into triangles. */
export function triangulated(arcs: Arcs, rings: RingPoints, chunk: Uint16Array): Triangles {
  const byArea: number[][] = [];
  const sizes: number[] = [];
  for (let area = 0; area < arcs.areaStart.length - 1; area++) {
    const found: number[] = [];
    for (let polygon = arcs.areaStart[area]!; polygon < arcs.areaStart[area + 1]!; polygon++) {
      const [from, to] = [arcs.polygonStart[polygon]!, arcs.polygonStart[polygon + 1]!];
      triangulate(from, to, rings, found);
    }
    byArea.push(found);
    sizes[chunk[area]!] = (sizes[chunk[area]!] ?? 0) + found.length;
  }
  const ranges = rangesOf(sizes, chunksIn(chunk));
  const indices = new Uint32Array(ranges.at(-1)?.[1] ?? 0);
  const next = ranges.map(([from]) => from);
  byArea.forEach((found, area) => {
    indices.set(found, next[chunk[area]!]!);
    next[chunk[area]!]! += found.length;
  });
  return { indices, ranges };
}

function triangulate(from: number, to: number, rings: RingPoints, found: number[]): void {
  const begin = rings.ringStart[from]!;
  const points = rings.places.subarray(2 * begin, 2 * rings.ringStart[to]!);
  const holes: number[] = [];
  for (let ring = from + 1; ring < to; ring++) holes.push(rings.ringStart[ring]! - begin);
  for (const point of earcut(points, holes)) found.push(begin + point);
}

/** Where each of many things begins and ends, from their sizes. */
export function rangesOf(sizes: number[], many: number): [number, number][] {
  let next = 0;
  return Array.from({ length: many }, (_, i) => {
    const from = next;
    next += sizes[i] ?? 0;
    return [from, next];
  });
}

/** How many chunks there are. */
export const chunksIn = (chunk: Uint16Array): number =>
  chunk.reduce((most, one) => Math.max(most, one), -1) + 1;
