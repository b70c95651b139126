// What is drawn of boundaries: triangles, borders, and what is asked of them. Runs in a worker.

import type { Arcs } from "./arcs";
import { boundsOf, labelsOf, neighbourly, ringPoints } from "./rings";
import { chunksIn, rangesOf, triangulated } from "./triangles";

/** The area on the side of an arc where there is none. */
export const NOBODY = -1;
const NOWHERE = 0xffffffff;

/** Areas near each other, which are drawn or left out together. */
export interface Chunk {
  /** West, north, east, south, in steps of the grid from the origin. */
  bounds: [number, number, number, number];
  /** Where its triangles begin and end in `triangles`. */
  triangles: [number, number];
  /** Where its borders begin and end in `borders`, in lines. */
  borders: [number, number];
}

/** Boundaries made ready for drawing. Places are in steps of the grid from an origin. */
export interface Mesh {
  /** How much was left out: the root of the area of the least corner kept, in steps; 0: nothing. */
  tolerance: number;
  grid: number;
  origin: [number, number];
  /** The places of the areas in the index; null: all, in order. */
  areas: Uint32Array | null;
  /** x, y of every point of every ring, and the place of its area. */
  places: Float32Array;
  areaOf: Uint32Array;
  /** Where each ring begins among the points, and each area among the rings. */
  ringStart: Uint32Array;
  areaRings: Uint32Array;
  triangles: Uint32Array;
  /** x, y of both ends of every line of every border. */
  borders: Float32Array;
  chunks: Chunk[];
  /** x, y of the points of arcs; where each begins; the areas (places in the index) beside it. */
  arcPlaces: Float32Array;
  arcStart: Uint32Array;
  one: Int32Array;
  other: Int32Array;
  arcChunk: Uint16Array;
  /** The arcs of rings, of which the direction does not matter here. */
  ringArcs: Uint32Array;
  ringArcStart: Uint32Array;
  /** West, north, east, south of every area; and a point inside of it. */
  bounds: Float32Array;
  labels: Float32Array;
}

/** Which areas a file holds, and what lies beyond its borders. */
export interface Part {
  areas: Uint32Array | null;
  /** Of each arc of only one ring, in order: the place of the area beyond it. */
  beyond: Uint32Array | null;
  /** The chunk of each area; null: areas near each other are put together. */
  chunk: Uint16Array | null;
}

/** Make boundaries ready for drawing. */
export function meshOf(arcs: Arcs, part: Part): Mesh {
  const origin = originOf(arcs);
  const rings = ringPoints(arcs, origin, part.areas);
  const areas = arcs.areaStart.length - 1;
  const bounds = boundsOf(rings.places, rings.ringStart, rings.areaRings, areas);
  const labels = labelsOf(rings.places, rings.ringStart, rings.areaRings, bounds);
  const chunk = part.chunk ?? neighbourly(bounds, areas);
  const triangles = triangulated(arcs, rings, chunk);
  const beside = sidesOf(arcs, part);
  const local = localArcs(arcs, origin);
  const borders = bordersOf(arcs, local, beside.first, chunk);
  const around = boundsOfChunks(bounds, chunk, triangles.ranges.length);
  const chunks = triangles.ranges.map((range, i) => ({
    bounds: around[i]!,
    triangles: range,
    borders: borders.ranges[i]!,
  }));
  return {
    tolerance: 0,
    grid: arcs.grid,
    origin,
    areas: part.areas,
    places: rings.places,
    areaOf: rings.areaOf,
    ringStart: rings.ringStart,
    areaRings: rings.areaRings,
    triangles: triangles.indices,
    borders: borders.lines,
    chunks,
    arcPlaces: local,
    arcStart: arcs.start,
    one: beside.one,
    other: beside.other,
    arcChunk: Uint16Array.from(beside.first, (area) => chunk[area] ?? 0),
    ringArcs: Uint32Array.from(arcs.ringArcs, (arc) => (arc < 0 ? -1 - arc : arc)),
    ringArcStart: arcs.ringStart,
    bounds,
    labels,
  };
}

/** What of a mesh can be handed over between threads without copying. */
export function buffersOf(mesh: Mesh): ArrayBuffer[] {
  return Object.values(mesh)
    .filter((value: unknown): value is ArrayBufferView => ArrayBuffer.isView(value))
    .map((value) => value.buffer as ArrayBuffer)
    .filter((buffer, i, all) => all.indexOf(buffer) === i);
}

function originOf(arcs: Arcs): [number, number] {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < arcs.x.length; i++) {
    west = Math.min(west, arcs.x[i]!);
    east = Math.max(east, arcs.x[i]!);
    north = Math.min(north, arcs.y[i]!);
    south = Math.max(south, arcs.y[i]!);
  }
  if (west > east) return [0, 0];
  return [Math.round((west + east) / 2), Math.round((north + south) / 2)];
}

function localArcs(arcs: Arcs, [x, y]: [number, number]): Float32Array {
  const places = new Float32Array(arcs.x.length * 2);
  for (let i = 0; i < arcs.x.length; i++) {
    places[2 * i] = arcs.x[i]! - x;
    places[2 * i + 1] = arcs.y[i]! - y;
  }
  return places;
}

/** The areas on both sides of each arc, and the first of them as numbered in the file. */
function sidesOf(arcs: Arcs, part: Part) {
  const many = arcs.start.length - 1;
  const first = new Int32Array(many).fill(NOBODY);
  const second = new Int32Array(many).fill(NOBODY);
  const used = new Uint8Array(many);
  forEachRing(arcs, (ring, area) => {
    for (let i = arcs.ringStart[ring]!; i < arcs.ringStart[ring + 1]!; i++) {
      const given = arcs.ringArcs[i]!;
      const arc = given < 0 ? -1 - given : given;
      if (used[arc]! === 0) first[arc] = area;
      else second[arc] = area;
      used[arc] = Math.min(used[arc]! + 1, 2);
    }
  });
  const named = (area: number) => (area === NOBODY ? NOBODY : (part.areas?.[area] ?? area));
  const [one, other] = [first.map(named), second.map(named)];
  if (part.beyond) {
    let next = 0;
    for (let arc = 0; arc < many; arc++) {
      if (used[arc] !== 1) continue;
      const beyond = part.beyond[next++]!;
      if (beyond !== NOWHERE) other[arc] = beyond;
    }
  }
  return { first, one, other };
}

function forEachRing(arcs: Arcs, act: (ring: number, area: number) => void): void {
  for (let area = 0; area < arcs.areaStart.length - 1; area++) {
    const from = arcs.polygonStart[arcs.areaStart[area]!]!;
    const to = arcs.polygonStart[arcs.areaStart[area + 1]!]!;
    for (let ring = from; ring < to; ring++) act(ring, area);
  }
}

/** The lines of all arcs, those of a chunk together. */
function bordersOf(arcs: Arcs, places: Float32Array, first: Int32Array, chunk: Uint16Array) {
  const many = chunksIn(chunk);
  const sizes: number[] = [];
  const chunkOf = (arc: number) => chunk[first[arc]!] ?? 0;
  for (let arc = 0; arc < first.length; arc++) {
    const lines = arcs.start[arc + 1]! - arcs.start[arc]! - 1;
    sizes[chunkOf(arc)] = (sizes[chunkOf(arc)] ?? 0) + lines;
  }
  const ranges = rangesOf(sizes, many);
  const lines = new Float32Array(4 * (ranges.at(-1)?.[1] ?? 0));
  const next = ranges.map(([from]) => 4 * from);
  for (let arc = 0; arc < first.length; arc++) {
    for (let i = arcs.start[arc]!; i < arcs.start[arc + 1]! - 1; i++) {
      lines.set(places.subarray(2 * i, 2 * i + 4), next[chunkOf(arc)]!);
      next[chunkOf(arc)]! += 4;
    }
  }
  return { lines, ranges };
}

function boundsOfChunks(bounds: Float32Array, chunk: Uint16Array, many: number): Chunk["bounds"][] {
  const around = Array.from({ length: many }, (): Chunk["bounds"] => [
    Infinity,
    Infinity,
    -Infinity,
    -Infinity,
  ]);
  chunk.forEach((number, area) => {
    const box = around[number]!;
    box[0] = Math.min(box[0], bounds[4 * area]!);
    box[1] = Math.min(box[1], bounds[4 * area + 1]!);
    box[2] = Math.max(box[2], bounds[4 * area + 2]!);
    box[3] = Math.max(box[3], bounds[4 * area + 3]!);
  });
  return around;
}
