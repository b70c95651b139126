// The layer of the map that draws areas, borders and outlines.

import type { CustomLayerInterface, Map as MapLibre } from "maplibre-gl";
import type { Geometry } from "./geometry";
import {
  GpuLines,
  GpuMesh,
  colourRows,
  joined,
  programOf,
  textureOf,
  unpackPlainly,
  type Gl,
  type Program,
} from "./gpu";
import { outlinesOf } from "./lines";
import { mercatorX, mercatorY } from "./mercator";
import type { Mesh } from "./mesh";
import { COLOURS, rgba, type Theme } from "./palette";
import { PlacePicture, type Taken } from "./place_picture";
import { AREAS, COLOURS_WIDE, LINES } from "./shaders";

/** Lines that stand out, from the origin of the map's mesh. */
export interface Marked {
  lines: Float32Array;
  colour: string;
  /** In CSS pixels. */
  width: number;
  /** How much wider what lies under the lines is; 0: nothing does. */
  halo: number;
}

/** What is seen, in steps of the grid and device pixels. */
interface View extends Taken {
  ratio: number;
  zoom: number;
}

const TILE = 512;
const FADED = 0.82;
const SMALLER_FROM = 6.2;
const BORDERS_FROM = 8.5;
const BORDERS_FULL = 11;

interface Held {
  mesh: GpuMesh;
  outlines: Map<string, GpuLines>;
}

/** Which chunks of which meshes are drawn. */
type Drawn = readonly { held: Held; chunks: number[] }[];

/** Draws areas by their class; a texture of a colour per area is all that changes with a new
 * colouring. */
export class AreaLayer implements CustomLayerInterface {
  readonly id = "areas";
  readonly type = "custom";
  readonly renderingMode = "2d";
  theme: Theme = "light";
  /** Which outlines are drawn. */
  outlines: Readonly<Record<string, boolean>> = {};
  /** Told whenever parts of finer boundaries are in view that have not been read. */
  wanted: (parts: number[]) => void = () => undefined;

  #map: MapLibre | null = null;
  #gl: Gl | null = null;
  #programs: { areas: Program; lines: Program } | null = null;
  #colourTexture: WebGLTexture | null = null;
  #whole: Held | null = null;
  readonly #finer = new Map<number, Held>();
  readonly #marked = new Map<string, { marked: Marked; gpu: GpuLines | null }>();
  /** Red, green, blue and opacity of every area. */
  readonly #colours: Uint8Array;
  #painted: { classes: Uint8Array; palette: Uint8Array } | null = null;
  #mask: Uint8Array | null = null;
  #stale = true;

  #picture: PlacePicture | null = null;

  /** With `kept`, a picture of the areas is kept from frame to frame, for slow machines. */
  constructor(
    readonly geometry: Geometry,
    readonly kept = false,
  ) {
    this.#colours = new Uint8Array(4 * COLOURS_WIDE * colourRows(geometry.areas));
  }

  /** Give every area a class, and every class a colour. */
  paint(classes: Uint8Array, palette: readonly string[]): void {
    const colours = new Uint8Array(4 * 256);
    palette.forEach((colour, i) => colours.set(rgba(colour), 4 * i));
    this.#painted = { classes, palette: colours };
    this.#recolour();
  }

  /** Fade areas that are not in a mask; null: none. */
  fade(mask: Uint8Array | null): void {
    this.#mask = mask;
    this.#recolour();
  }

  #recolour(): void {
    if (!this.#painted) return;
    const { classes, palette } = this.#painted;
    const pale = faded(palette, COLOURS[this.theme].background);
    const [plainly, paled] = [new Uint32Array(palette.buffer), new Uint32Array(pale.buffer)];
    const colours = new Uint32Array(this.#colours.buffer);
    const mask = this.#mask;
    for (let area = 0; area < this.geometry.areas; area++) {
      const found = mask && !mask[area] ? paled : plainly;
      colours[area] = found[classes[area]!]!;
    }
    this.#stale = true;
    this.#map?.triggerRepaint();
  }

  /** Draw lines over the areas, in the order in which they were first named; null: no more. */
  mark(name: string, marked: Marked | null): void {
    this.#marked.get(name)?.gpu?.free();
    this.#marked.set(name, {
      marked: marked ?? { lines: new Float32Array(), colour: "#000000", width: 0, halo: 0 },
      gpu: null,
    });
    this.#map?.triggerRepaint();
  }

  onAdd(map: MapLibre, gl: Gl): void {
    this.#map = map;
    this.#gl = gl;
    this.#programs = {
      areas: programOf(gl, AREAS, ["a_place", "a_area"]),
      lines: programOf(gl, LINES, []),
    };
    this.#colourTexture = textureOf(gl);
    this.#picture = this.kept ? new PlacePicture(gl) : null;
    if (this.kept) map.on("moveend", this.#rest);
    this.#stale = true;
    this.#whole = this.#held(this.geometry.mesh);
    this.#finer.clear();
    for (const one of this.#marked.values()) one.gpu = null;
  }

  onRemove(_map: MapLibre, gl: Gl): void {
    for (const held of [this.#whole, ...this.#finer.values()]) {
      held?.mesh.free();
      held?.outlines.forEach((lines) => lines.free());
    }
    this.#marked.forEach((one) => one.gpu?.free());
    gl.deleteProgram(this.#programs?.areas.program ?? null);
    gl.deleteProgram(this.#programs?.lines.program ?? null);
    gl.deleteTexture(this.#colourTexture);
    this.#picture?.free();
    this.#map?.off("moveend", this.#rest);
    this.#finer.clear();
    this.#whole = null;
    this.#map = null;
  }

  render(gl: Gl): void {
    if (!this.#whole || !this.#programs || !this.#map) return;
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.CULL_FACE);
    this.#upload(gl);
    const view = this.#view(gl);
    const drawn = this.#inView(view);
    this.#drawAreas(gl, view, drawn);
    this.#drawBorders(gl, view, drawn);
    this.#drawOutlines(gl, view, drawn);
    this.#drawMarked(gl, view);
    gl.bindVertexArray(null);
  }

  #view(gl: Gl): View {
    const { lng, lat } = this.#map!.getCenter();
    const zoom = this.#map!.getZoom();
    const ratio = this.#map!.getPixelRatio();
    const { grid } = this.geometry.mesh;
    return {
      x: mercatorX(lng) * grid,
      y: mercatorY(lat) * grid,
      scale: (TILE * 2 ** zoom * ratio) / grid,
      width: gl.drawingBufferWidth,
      height: gl.drawingBufferHeight,
      ratio,
      zoom,
    };
  }

  /** Which chunks of which meshes are in view: finer ones where they are there. */
  #inView(view: View): Drawn {
    const { detail } = this.geometry;
    const close = detail !== null && view.zoom >= detail.zoom;
    const chunks = chunksIn(this.geometry.mesh, view);
    if (!close) return [{ held: this.#whole!, chunks }];
    const missing = chunks.filter((part) => !this.geometry.finer.has(part));
    if (missing.length) this.wanted(missing);
    const found = [{ held: this.#whole!, chunks: missing }];
    for (const part of chunks) {
      const mesh = this.geometry.finer.get(part);
      if (!mesh) continue;
      const held = this.#finer.get(part) ?? this.#held(mesh);
      this.#finer.set(part, held);
      found.push({ held, chunks: chunksIn(mesh, view) });
    }
    return found;
  }

  /** What was moved is drawn exactly once the map rests. */
  readonly #rest = (): void => this.#map?.triggerRepaint();

  #drawAreas(gl: Gl, view: View, drawn: Drawn): void {
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#colourTexture);
    gl.disable(gl.BLEND);
    if (this.#picture) {
      const { places } = this.#picture;
      const key = [...this.#finer.keys(), view.zoom >= (this.geometry.detail?.zoom ?? 99)].join();
      this.#picture.draw(view, key, this.#map!.isMoving(), (taken) => {
        fill(gl, places, taken, this.#inView({ ...view, ...taken }));
      });
    } else {
      gl.useProgram(this.#programs!.areas.program);
      gl.uniform1i(this.#programs!.areas.at("u_colours"), 0);
      fill(gl, this.#programs!.areas, view, drawn);
    }
    gl.enable(gl.BLEND);
  }

  #drawBorders(gl: Gl, view: View, drawn: Drawn): void {
    const shown = Math.min(1, (view.zoom - BORDERS_FROM) / (BORDERS_FULL - BORDERS_FROM));
    if (shown <= 0) return;
    const width = Math.min(0.5 + 0.12 * Math.max(0, view.zoom - BORDERS_FULL), 1.1);
    this.#lineStyle(gl, view, COLOURS[this.theme].border, 0.75 * shown, width, false);
    for (const { held, chunks } of drawn) {
      place(gl, this.#programs!.lines, view, held.mesh.mesh);
      held.mesh.borders.draw(joined(chunks.map((chunk) => held.mesh.borders.ranges[chunk]!)));
    }
  }

  /** The outlines of larger areas, the largest on top and widest. */
  #drawOutlines(gl: Gl, view: View, drawn: Drawn): void {
    const groups = Object.keys(this.geometry.groups);
    const near = Math.min(1, Math.max(0, (view.zoom - 5) / 5));
    groups.forEach((group, i) => {
      if (!this.outlines[group]) return;
      const larger = groups.length > 1 ? i / (groups.length - 1) : 1;
      // Where the country is in view, only the largest: others would hide the areas.
      const shown = larger === 1 ? 1 : Math.min(1, view.zoom - SMALLER_FROM);
      if (shown <= 0) return;
      const width = 0.5 + 0.9 * near + larger * (0.4 + 0.5 * near);
      const opacity = shown * (0.55 + 0.3 * near + 0.15 * larger);
      this.#lineStyle(gl, view, COLOURS[this.theme].outline, opacity, width, false);
      for (const { held, chunks } of drawn) {
        const lines = this.#outline(gl, held, group);
        place(gl, this.#programs!.lines, view, held.mesh.mesh);
        lines.draw(joined(chunks.map((chunk) => lines.ranges[chunk]!)));
      }
    });
  }

  #outline(gl: Gl, held: Held, group: string): GpuLines {
    const made = held.outlines.get(group);
    if (made) return made;
    const of = this.geometry.groups[group]?.of ?? [];
    const lines = new GpuLines(gl, outlinesOf(held.mesh.mesh, of));
    held.outlines.set(group, lines);
    return lines;
  }

  #drawMarked(gl: Gl, view: View): void {
    for (const one of this.#marked.values()) {
      const many = one.marked.lines.length / 4;
      if (!many) continue;
      one.gpu ??= new GpuLines(gl, { lines: one.marked.lines, ranges: [[0, many]] });
      const { colour, width, halo } = one.marked;
      if (halo) {
        this.#lineStyle(gl, view, COLOURS[this.theme].halo, 0.9, width + halo, true);
        place(gl, this.#programs!.lines, view, this.geometry.mesh);
        one.gpu.draw(one.gpu.ranges);
      }
      this.#lineStyle(gl, view, colour, 1, width, true);
      place(gl, this.#programs!.lines, view, this.geometry.mesh);
      one.gpu.draw(one.gpu.ranges);
    }
  }

  #lineStyle(
    gl: Gl,
    view: View,
    colour: string,
    opacity: number,
    width: number,
    round: boolean,
  ): void {
    const { program, at } = this.#programs!.lines;
    const [red, green, blue] = rgba(colour);
    const wide = width * view.ratio;
    gl.useProgram(program);
    // A line is at least a pixel wide; a thinner one is as much paler.
    gl.uniform4f(at("u_colour"), red / 255, green / 255, blue / 255, opacity * Math.min(wide, 1));
    gl.uniform1f(at("u_width"), Math.max(wide, 1));
    gl.uniform1f(at("u_round"), round ? 1 : 0);
    gl.uniform1i(at("u_lines"), 0);
  }

  #held(mesh: Mesh): Held {
    return { mesh: new GpuMesh(this.#gl!, mesh), outlines: new Map() };
  }

  #upload(gl: Gl): void {
    if (!this.#stale) return;
    this.#stale = false;
    unpackPlainly(gl);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#colourTexture);
    const [wide, high] = [COLOURS_WIDE, colourRows(this.geometry.areas)];
    const [kind, format] = [gl.UNSIGNED_BYTE, gl.RGBA];
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, wide, high, 0, format, kind, this.#colours);
  }
}

/** Draw the areas of a view. */
function fill(gl: Gl, program: Program, view: Taken, drawn: Drawn): void {
  gl.useProgram(program.program);
  for (const { held, chunks } of drawn) {
    place(gl, program, view, held.mesh.mesh);
    held.mesh.draw(chunks);
  }
}

/** The colours of a palette, mostly gone into the background. */
function faded(palette: Uint8Array, background: string): Uint8Array {
  const towards = rgba(background);
  return palette.map((value, i) => Math.round(value + FADED * (towards[i % 4]! - value)));
}

/** Tell a program where the view lies on a mesh. */
function place(gl: Gl, { at }: Program, view: Taken, mesh: Mesh): void {
  const [x, y] = [view.x - mesh.origin[0], view.y - mesh.origin[1]];
  const [left, top] = [Math.round(x), Math.round(y)];
  gl.uniform4f(at("u_centre"), left, top, x - left, y - top);
  gl.uniform1f(at("u_scale"), view.scale);
  gl.uniform2f(at("u_half"), view.width / 2, view.height / 2);
}

/** The chunks of a mesh that a view touches. */
function chunksIn(mesh: Mesh, view: Taken): number[] {
  const [x, y] = [view.x - mesh.origin[0], view.y - mesh.origin[1]];
  const [wide, high] = [view.width / 2 / view.scale, view.height / 2 / view.scale];
  const found: number[] = [];
  mesh.chunks.forEach(({ bounds: [west, north, east, south] }, chunk) => {
    if (west <= x + wide && east >= x - wide && north <= y + high && south >= y - high) {
      found.push(chunk);
    }
  });
  return found;
}
