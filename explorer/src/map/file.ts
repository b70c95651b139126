// A file of boundaries, the one of all areas or one of finer ones.

import { arrayOf, type Arrays } from "../data/arrays";
import { readArcs } from "./arcs";
import { meshOf, type Mesh } from "./mesh";

/** Make the boundaries of a file ready for drawing. */
export function meshOfFile(file: Arrays): Mesh {
  const given = (name: string) => (file.arrays.has(name) ? arrayOf(file, name) : null);
  const mesh = meshOf(readArcs(file), {
    areas: given("area") as Uint32Array | null,
    beyond: given("beyond") as Uint32Array | null,
    chunk: given("part") as Uint16Array | null,
  });
  const { tolerance } = file.about;
  return { ...mesh, tolerance: typeof tolerance === "number" ? tolerance : 0 };
}
