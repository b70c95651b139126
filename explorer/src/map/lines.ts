// Lines along the arcs of boundaries: outlines of larger areas, and of areas that stand out.

import type { Geometry } from "./geometry";
import type { Mesh } from "./mesh";
import { rangesOf } from "./triangles";

/** Lines, those of a chunk of a mesh together: x, y of both ends of each. */
export interface Lines {
  lines: Float32Array;
  /** Where the lines of each chunk begin and end. */
  ranges: [number, number][];
}

/** The lines of the arcs of a mesh of which the two sides lie in different larger areas. */
export function outlinesOf(mesh: Mesh, of: ArrayLike<number>): Lines {
  const groupOf = (area: number) => of[area] ?? -1;
  const { one, other, arcStart, arcChunk, arcPlaces } = mesh;
  const found: number[][] = mesh.chunks.map(() => []);
  for (let arc = 0; arc < one.length; arc++) {
    if (groupOf(one[arc]!) === groupOf(other[arc]!)) continue;
    const lines = found[arcChunk[arc]!]!;
    for (let i = 2 * arcStart[arc]!; i < 2 * (arcStart[arc + 1]! - 1); i += 2) {
      lines.push(arcPlaces[i]!, arcPlaces[i + 1]!, arcPlaces[i + 2]!, arcPlaces[i + 3]!);
    }
  }
  const ranges = rangesOf(
    found.map((lines) => lines.length / 4),
    found.length,
  );
  const lines = new Float32Array(4 * (ranges.at(-1)?.[1] ?? 0));
  found.forEach((some, chunk) => lines.set(some, 4 * ranges[chunk]![0]));
  return { lines, ranges };
}

/** The lines around areas together, without the borders between them, from the map's origin. */
export function linesAround(geometry: Geometry, areas: ReadonlySet<number>): Float32Array {
  const found: number[] = [];
  for (const area of areas) {
    const { mesh, own } = geometry.meshWith(area);
    const right = mesh.origin[0] - geometry.mesh.origin[0];
    const down = mesh.origin[1] - geometry.mesh.origin[1];
    const from = mesh.ringArcStart[mesh.areaRings[own]!]!;
    const to = mesh.ringArcStart[mesh.areaRings[own + 1]!]!;
    for (let i = from; i < to; i++) {
      const arc = mesh.ringArcs[i]!;
      if (areas.has(mesh.one[arc]!) && areas.has(mesh.other[arc]!)) continue;
      for (let point = mesh.arcStart[arc]!; point < mesh.arcStart[arc + 1]! - 1; point++) {
        for (let k = 0; k < 4; k += 2) {
          found.push(
            mesh.arcPlaces[2 * point + k]! + right,
            mesh.arcPlaces[2 * point + k + 1]! + down,
          );
        }
      }
    }
  }
  return new Float32Array(found);
}
