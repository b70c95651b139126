// The boundaries of a site in the browser: what lies where, and how it is drawn.

import Flatbush from "flatbush";
import type { GroupList, SiteDetail } from "../data/site";
import type { Answered, Asked } from "./geometry.worker";
import { latitudeOf, longitudeOf, mercatorX, mercatorY, type Bounds, type Place } from "./mercator";
import type { Mesh } from "./mesh";
import { inRings } from "./rings";

/** Larger areas by their id, such as districts: the place of the group of each area, -1 for none. */
export type Groups = Readonly<Record<string, Pick<GroupList, "of"> & { codes: readonly string[] }>>;

/** Reads meshes; `readMeshes` gives one that works in a thread of its own. */
export type MeshReader = (file: string) => Promise<Mesh>;

/** What lies where, and the meshes that are drawn. */
export class Geometry {
  readonly areas: number;
  /** Finer meshes by their part, as far as they have been read. */
  readonly finer = new Map<number, Mesh>();
  readonly #index: Flatbush;
  readonly #asked = new Map<number, Promise<Mesh | null>>();
  /** Where each area stands in its finer mesh. */
  readonly #finerPlace = new Map<number, { mesh: Mesh; own: number }>();

  constructor(
    readonly mesh: Mesh,
    readonly groups: Groups,
    readonly detail: SiteDetail | null = null,
    readonly read: MeshReader | null = null,
  ) {
    this.areas = mesh.bounds.length / 4;
    this.#index = new Flatbush(Math.max(this.areas, 1), 16, Float32Array);
    for (let i = 0; i < 4 * this.areas; i += 4) {
      this.#index.add(
        mesh.bounds[i]!,
        mesh.bounds[i + 1]!,
        mesh.bounds[i + 2]!,
        mesh.bounds[i + 3]!,
      );
    }
    if (!this.areas) this.#index.add(0, 0, 0, 0);
    this.#index.finish();
  }

  /** Read the boundaries of a site. */
  static async load(
    base: URL,
    groups: Groups,
    detail: SiteDetail | null,
    read: MeshReader = readMeshes(base),
  ): Promise<Geometry> {
    return new Geometry(await read("geometry.bin.gz"), groups, detail, read);
  }

  /** The area at a place, or null. */
  areaAt(longitude: number, latitude: number): number | null {
    const [x, y] = this.local(longitude, latitude);
    const around = this.finer.size ? 8 * this.mesh.tolerance : 0;
    const near = this.#index.search(x - around, y - around, x + around, y + around);
    const coarse = (area: number) => Number(!this.#finerPlace.has(area)); // those may overlap
    near.sort((a, b) => coarse(a) - coarse(b) || a - b);
    return near.find((area) => this.#holds(area, x, y)) ?? null;
  }

  /** The areas of which the label point lies in a drawn ring, in order.
   *
   * An area counts as a whole or not at all: by the point inside of it that `labelOf` gives. */
  areasIn(ring: readonly Place[]): number[] {
    const places = new Float32Array(ring.flatMap(([lng, lat]) => this.local(lng, lat)));
    const start = new Uint32Array([0, ring.length]);
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < places.length; i += 2) {
      west = Math.min(west, places[i]!);
      east = Math.max(east, places[i]!);
      north = Math.min(north, places[i + 1]!);
      south = Math.max(south, places[i + 1]!);
    }
    if (ring.length < 3) return [];
    return this.#index
      .search(west, north, east, south)
      .filter((area) => {
        const [x, y] = [this.mesh.labels[2 * area]!, this.mesh.labels[2 * area + 1]!];
        return inRings(places, start, 0, 1, x, y);
      })
      .sort((a, b) => a - b);
  }

  /** West, south, east and north of areas, in degrees; null for none. */
  boundsOf(areas: Iterable<number>): Bounds | null {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const area of areas) {
      west = Math.min(west, this.mesh.bounds[4 * area]!);
      north = Math.min(north, this.mesh.bounds[4 * area + 1]!);
      east = Math.max(east, this.mesh.bounds[4 * area + 2]!);
      south = Math.max(south, this.mesh.bounds[4 * area + 3]!);
    }
    if (west > east) return null;
    const [w, n] = this.degrees(west, north);
    const [e, s] = this.degrees(east, south);
    return [w, s, e, n];
  }

  /** The places of the areas of a larger one. */
  areasOf(group: string, place: number): number[] {
    const found: number[] = [];
    this.groups[group]?.of.forEach((one, area) => one === place && found.push(area));
    return found;
  }

  /** A point inside an area. */
  labelOf(area: number): Place {
    return this.degrees(this.mesh.labels[2 * area]!, this.mesh.labels[2 * area + 1]!);
  }

  /** A point inside every larger area of a kind; null for those without areas.
   *
   * It is the middle of its areas, by their size, or that of the nearest of them. */
  labelsOf(group: string): (Place | null)[] {
    const { of, codes } = this.groups[group] ?? { of: [], codes: [] };
    const sums = codes.map(() => ({ x: 0, y: 0, size: 0, nearest: -1, far: Infinity }));
    const { labels } = this.mesh;
    of.forEach((place, area) => {
      const sum = sums[place];
      const size = this.#size(area);
      if (!sum || !(size >= 0)) return;
      sum.x += size * labels[2 * area]!;
      sum.y += size * labels[2 * area + 1]!;
      sum.size += size;
    });
    of.forEach((place, area) => {
      const sum = sums[place];
      if (!sum || !(this.#size(area) >= 0)) return;
      const [x, y] = [
        labels[2 * area]! - sum.x / sum.size,
        labels[2 * area + 1]! - sum.y / sum.size,
      ];
      if (x * x + y * y < sum.far) [sum.far, sum.nearest] = [x * x + y * y, area];
    });
    return sums.map((sum, place) => {
      if (sum.nearest < 0) return null;
      const middle = this.degrees(sum.x / sum.size, sum.y / sum.size);
      const area = this.areaAt(...middle);
      return area !== null && of[area] === place ? middle : this.labelOf(sum.nearest);
    });
  }

  /** Steps of the grid from the origin of the mesh. */
  local(longitude: number, latitude: number): [number, number] {
    const { grid, origin } = this.mesh;
    return [mercatorX(longitude) * grid - origin[0], mercatorY(latitude) * grid - origin[1]];
  }

  /** Degrees of steps of the grid from the origin of the mesh. */
  degrees(x: number, y: number): Place {
    const { grid, origin } = this.mesh;
    return [longitudeOf((x + origin[0]) / grid), latitudeOf((y + origin[1]) / grid)];
  }

  /** Read a part of the finer boundaries, once; null where there is none. */
  refine(part: number): Promise<Mesh | null> {
    const asked = this.#asked.get(part);
    if (asked) return asked;
    const { detail, read } = this;
    if (!detail || !read) return Promise.resolve(null);
    const file = `${detail.path}/${String(part).padStart(4, "0")}.bin.gz`;
    const reading = read(file).then((mesh) => {
      this.finer.set(part, mesh);
      mesh.areas?.forEach((area, own) => this.#finerPlace.set(area, { mesh, own }));
      return mesh;
    });
    this.#asked.set(part, reading);
    reading.catch(() => this.#asked.delete(part)); // so that it can be asked for again
    return reading;
  }

  /** The finest mesh that holds an area, and the area's place in it. */
  meshWith(area: number): { mesh: Mesh; own: number } {
    return this.#finerPlace.get(area) ?? { mesh: this.mesh, own: area };
  }

  #size(area: number): number {
    const [west, north, east, south] = this.mesh.bounds.subarray(4 * area, 4 * area + 4);
    return (east! - west!) * (south! - north!);
  }

  #holds(area: number, x: number, y: number): boolean {
    const { mesh, own } = this.meshWith(area);
    const [left, top] = [
      this.mesh.origin[0] - mesh.origin[0],
      this.mesh.origin[1] - mesh.origin[1],
    ];
    const [from, to] = [mesh.areaRings[own]!, mesh.areaRings[own + 1]!];
    return inRings(mesh.places, mesh.ringStart, from, to, x + left, y + top);
  }
}

/** Return what reads the meshes of a site, in a thread of its own. */
export function readMeshes(base: URL): MeshReader {
  const worker = new Worker(new URL("./geometry.worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, { done: (mesh: Mesh) => void; failed: (error: Error) => void }>();
  let next = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Answered>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("mesh" in data) asked?.done(data.mesh);
    else asked?.failed(new Error(data.error));
  });
  worker.addEventListener("error", (event) => {
    for (const asked of waiting.values())
      asked.failed(new Error(event.message || "the worker failed"));
    waiting.clear();
  });
  return (file) =>
    new Promise((done, failed) => {
      const id = next++;
      waiting.set(id, { done, failed });
      worker.postMessage({ id, url: new URL(file, base).href } satisfies Asked);
    });
}
