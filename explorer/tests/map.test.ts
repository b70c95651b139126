import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readArrays } from "../src/data/arrays";
import { readArcs } from "../src/map/arcs";
import { meshOfFile } from "../src/map/file";
import { Geometry, type MeshReader } from "../src/map/geometry";
import { joined } from "../src/map/gpu";
import { linesAround, outlinesOf } from "../src/map/lines";
import { latitudeOf, longitudeOf, mercatorX, mercatorY, type Place } from "../src/map/mercator";
import type { Mesh } from "../src/map/mesh";
import { boundsOf, labelsOf } from "../src/map/rings";

// Made by hyperlocal.explorer.geometry; tests/unit/explorer/test_geometry.py holds the two together.
// 0: a square with a hole, which 1 fills; 2: a square with an empty hole; 3: two islands; 4: above.
const FILES = new URL("./fixtures/map/", import.meta.url);
const GROUPS = { district: { codes: ["a", "b", "c"], of: [0, 0, 1, 1, 0] } };

function arrays(file: string) {
  const bytes = gunzipSync(readFileSync(new URL(file, FILES)));
  return readArrays(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const meshOf = (file: string): Mesh => meshOfFile(arrays(file));
const light = new Geometry(meshOf("light/geometry.bin.gz"), GROUPS);

/** The area of all triangles, per area, in squares of 0.1 degrees of longitude. */
function sizes(mesh: Mesh): number[] {
  const found = [0, 0, 0, 0, 0];
  for (let i = 0; i < mesh.triangles.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => mesh.triangles[i + k]!);
    const [x, y] = [mesh.places[2 * a!]!, mesh.places[2 * a! + 1]!];
    const [bx, by] = [mesh.places[2 * b!]! - x, mesh.places[2 * b! + 1]! - y];
    const [cx, cy] = [mesh.places[2 * c!]! - x, mesh.places[2 * c! + 1]! - y];
    expect(new Set([a, b, c].map((point) => mesh.areaOf[point!])).size).toBe(1);
    found[mesh.areaOf[a!]!]! += Math.abs(bx * cy - by * cx) / 2;
  }
  const square = (mesh.grid / 3600) ** 2 / Math.cos((51.2 * Math.PI) / 180);
  return found.map((size) => size / square);
}

const length = (lines: Float32Array, from = 0, to = lines.length / 4): number => {
  let sum = 0;
  for (let i = 4 * from; i < 4 * to; i += 4) {
    sum += Math.hypot(lines[i + 2]! - lines[i]!, lines[i + 3]! - lines[i + 1]!);
  }
  return sum;
};

describe("a file of boundaries", () => {
  test("has every shared line once", () => {
    const arcs = readArcs(arrays("light/geometry.bin.gz"));
    const once = new Set(arcs.ringArcs.map((arc) => (arc < 0 ? -1 - arc : arc)));
    expect(once.size).toBe(arcs.start.length - 1);
    expect(Math.max(...once)).toBe(arcs.start.length - 2);
    expect(arcs.areaStart).toEqual(new Uint32Array([0, 1, 2, 3, 5, 6]));
  });

  test("becomes triangles that cover each area, holes left out", () => {
    const [ring, core, holed, islands, above] = sizes(light.mesh);
    expect(ring).toBeCloseTo(8, 1);
    expect(core).toBeCloseTo(1, 1);
    expect(holed).toBeCloseTo(8, 1);
    expect(islands).toBeCloseTo(2, 1);
    expect(above).toBeCloseTo(6, 1);
  });

  test("knows the areas on both sides of every line", () => {
    const { one, other } = light.mesh;
    const pairs = new Set(Array.from(one, (area, arc) => `${area} ${other[arc]}`));
    expect(pairs).toEqual(new Set(["0 -1", "0 1", "0 2", "0 4", "2 -1", "2 4", "3 -1", "4 -1"]));
  });

  test("of another format is refused", () => {
    const other = { about: { format: 2, grid: 25 }, arrays: new Map() };
    expect(() => readArcs(other)).toThrow("another format");
  });
});

describe("what lies at a place", () => {
  test.each([
    [0.05, 51.05, 0],
    [0.15, 51.15, 1],
    [0.35, 51.25, 2],
    [0.45, 51.15, null],
    [1.05, 51.05, 3],
    [1.15, 51.05, null],
    [1.25, 51.05, 3],
    [0.3, 51.35, 4],
    [-3, 54, null],
  ])("%f, %f", (longitude, latitude, area) => {
    expect(light.areaAt(longitude, latitude)).toBe(area);
  });

  test("is the same a step of the grid from a border", () => {
    const step = 360 / 2 ** 25;
    expect(light.areaAt(0.3 - 2 * step, 51.05)).toBe(0);
    expect(light.areaAt(0.3 + 2 * step, 51.05)).toBe(2);
  });

  test("is the area itself at its label", () => {
    for (let area = 0; area < light.areas; area++) {
      expect(light.areaAt(...light.labelOf(area))).toBe(area);
    }
  });
});

test("the label of an area in two parts lies in the larger one", () => {
  const square = (x: number, y: number, side: number) =>
    [x, y, x + side, y, x + side, y + side, x, y + side]; // prettier-ignore
  const places = new Float32Array([...square(0, 0, 10), ...square(50, 100, 30)]);
  const [rings, areas] = [new Uint32Array([0, 4, 8]), new Uint32Array([0, 2])];
  const bounds = boundsOf(places, rings, areas, 1);
  expect([...bounds]).toEqual([0, 0, 80, 130]);
  expect([...labelsOf(places, rings, areas, bounds)]).toEqual([65, 115.5]);
});

describe("areas in a polygon", () => {
  test("are those of which the label lies inside", () => {
    const around: Place[] = [[-0.1, 50.9], [0.31, 50.9], [0.31, 51.31], [-0.1, 51.31]]; // prettier-ignore
    expect(light.areasIn(around)).toEqual([0, 1]);
  });

  test("are none where only a corner is touched, or the polygon has no inside", () => {
    expect(light.areasIn([[-0.1, 50.9], [0.01, 50.9], [0.01, 51.01], [-0.1, 51.01]])).toEqual([]); // prettier-ignore
    expect(light.areasIn([[0, 51], [1, 52]])).toEqual([]); // prettier-ignore
  });

  test("can lie in a polygon that is not convex", () => {
    const [x, y] = light.labelOf(1);
    const cut: Place[] = [[-1, 50], [2, 50], [2, 53], [x + 0.001, 53], [x + 0.001, y - 0.001], [x - 0.001, y - 0.001], [x - 0.001, 53], [-1, 53]]; // prettier-ignore
    expect(light.areasIn(cut)).toEqual(
      [0, 2, 3, 4].filter(
        (area) =>
          Math.abs(light.labelOf(area)[0] - x) > 0.001 || light.labelOf(area)[1] < y - 0.001,
      ),
    );
    expect(light.areasIn(cut)).not.toContain(1);
  });
});

describe("bounds and larger areas", () => {
  test("bounds are in degrees", () => {
    const [west, south, east, north] = light.boundsOf([0, 2])!;
    expect(west).toBeCloseTo(0, 4);
    expect(south).toBeCloseTo(51, 4);
    expect(east).toBeCloseTo(0.6, 4);
    expect(north).toBeCloseTo(51.3, 4);
    expect(light.boundsOf([])).toBeNull();
  });

  test("a larger area has its areas, and a label in one of them", () => {
    expect(light.areasOf("district", 0)).toEqual([0, 1, 4]);
    const [a, b, c] = light.labelsOf("district");
    expect([0, 1, 4]).toContain(light.areaAt(...a!));
    expect([2, 3]).toContain(light.areaAt(...b!));
    expect(c).toBeNull();
  });

  test("outlines run where larger areas meet or end", () => {
    const { lines, ranges } = outlinesOf(light.mesh, GROUPS.district.of);
    const unit = light.mesh.grid / 3600;
    const high = 1 / Math.cos((51.2 * Math.PI) / 180);
    // Around 0, 1 and 4 together; around 2 without its border with them; its hole; two islands.
    const wide = 3 + 3 + 6 + (3 + 2 + 4);
    const upright = 4 + 3 + 1 + (3 + 2 + 4);
    expect(length(lines) / unit).toBeCloseTo(wide + high * upright, 0);
    expect(ranges.at(-1)![1]).toBe(lines.length / 4);
    expect(outlinesOf(light.mesh, [0, 0, 0, 0, 0]).lines.length).toBeLessThan(lines.length);
  });

  test("lines around areas leave out the borders between them", () => {
    const unit = light.mesh.grid / 3600;
    const high = 1 / Math.cos((51.2 * Math.PI) / 180);
    expect(length(linesAround(light, new Set([1]))) / unit).toBeCloseTo(2 + 2 * high, 1);
    expect(length(linesAround(light, new Set([0]))) / unit).toBeCloseTo(8 + 8 * high, 1);
    expect(length(linesAround(light, new Set([0, 1]))) / unit).toBeCloseTo(6 + 6 * high, 1);
  });
});

describe("finer boundaries", () => {
  const read: MeshReader = (file) => Promise.resolve(meshOf(`heavy/${file}`));

  test("are read once, and then answer", async () => {
    const asked: string[] = [];
    const counted: MeshReader = (file) => {
      asked.push(file);
      return read(file);
    };
    const detail = { path: "detail", parts: 1, zoom: 9 };
    const heavy = await Geometry.load(new URL("http://host/"), GROUPS, detail, counted);
    expect(heavy.mesh.tolerance).toBeGreaterThan(0);
    await Promise.all([heavy.refine(0), heavy.refine(0)]);
    expect(asked).toEqual(["geometry.bin.gz", "detail/0000.bin.gz"]);
    const [mesh] = heavy.finer.values();
    expect(heavy.meshWith(4)).toEqual({ mesh, own: 4 });
    expect(heavy.areaAt(0.15, 51.15)).toBe(1);
    expect(heavy.areaAt(0.45, 51.15)).toBeNull();
    expect(sizes(mesh!)[4]).toBeCloseTo(6, 1);
  });

  test("can be asked for again after they failed", async () => {
    let failing = true;
    const unsteady: MeshReader = (file) =>
      failing && file.startsWith("detail") ? Promise.reject(new Error("lost")) : read(file);
    const detail = { path: "detail", parts: 1, zoom: 9 };
    const heavy = await Geometry.load(new URL("http://host/"), GROUPS, detail, unsteady);
    await expect(heavy.refine(0)).rejects.toThrow("lost");
    failing = false;
    expect(await heavy.refine(0)).not.toBeNull();
  });
});

test("the Web Mercator square", () => {
  expect(mercatorX(-180)).toBe(0);
  expect(mercatorY(0)).toBe(0.5);
  expect(mercatorY(85.0511287798066)).toBeCloseTo(0, 12);
  expect(longitudeOf(mercatorX(-3.2))).toBeCloseTo(-3.2, 12);
  expect(latitudeOf(mercatorY(51.5))).toBeCloseTo(51.5, 12);
});

test("ranges that follow each other are drawn together", () => {
  expect(joined([[0, 3], [3, 7], [9, 10]])).toEqual([[0, 7], [9, 10]]); // prettier-ignore
});
