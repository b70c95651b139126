// The map of an index: areas by their class, outlines and names of larger ones, what is chosen.

import { Map as MapLibre, setWorkerCount, setWorkerUrl, type MapMouseEvent } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { Drawing } from "./drawing";
import { Teller, type MapEvents, type View } from "./events";
import type { Geometry } from "./geometry";
import { colourNames, showNames, type Names } from "./labels";
import { AreaLayer, type Marked } from "./layer";
import { linesAround } from "./lines";
import "./map.css";
import type { Bounds, Place } from "./mercator";
import {
  CLOSEST,
  drawsInSoftware,
  mapIn,
  PADDING,
  paddingOf,
  type Described,
  type MapOptions,
} from "./maplibre";
import { picture, type Caption } from "./picture";
import { COLOURS, type Theme } from "./palette";

/** What to bring into view: bounds in degrees, an area, or a larger one. */
export type Target = Bounds | { area: number } | { group: string; place: number };

const AREA_CLOSEST = 12;

/** A map of areas. Areas and larger ones go by their places. */
export class AreaMap {
  readonly #told = new Teller<MapEvents>();
  readonly #drawing: Drawing;
  readonly #attribution: HTMLElement;
  #theme: Theme;
  #hovered: number | null = null;
  #selected: number | null = null;
  #compared: number | null = null;
  #picked = new Set<number>();
  #names: Names = {};
  /** Pixels at the left that something else covers, into which nothing is fitted. */
  covered: number;
  readonly #observer: ResizeObserver;

  private constructor(
    readonly container: HTMLElement,
    readonly geometry: Geometry,
    readonly map: MapLibre,
    readonly layer: AreaLayer,
    options: MapOptions,
  ) {
    this.#theme = options.theme;
    this.covered = options.covered ?? 0;
    container.classList.add("area-map");
    this.#attribution = document.createElement("div");
    this.#attribution.className = "map-attribution";
    this.#attribution.textContent = options.attribution;
    container.append(this.#attribution);
    this.#drawing = new Drawing(map, {
      changed: (points, moving) => this.#showDrawn(points, moving),
      ended: (ring) => {
        this.#showDrawn(ring ?? [], null, true);
        this.#told.tell("drawn", ring);
      },
    });
    layer.wanted = (parts) => void this.#refine(parts);
    this.#observer = new ResizeObserver(() => this.#limitZoom());
    this.#observer.observe(container);
    this.#listen();
  }

  /** Whether this browser can show the map. */
  static supported(): boolean {
    return document.createElement("canvas").getContext("webgl2") !== null;
  }

  /** Make a map in a container, which must have a size.
   *
   * @throws NoMap where the browser has no WebGL 2: show the table of areas in its place. */
  static async create(
    container: HTMLElement,
    geometry: Geometry,
    options: MapOptions,
  ): Promise<AreaMap> {
    setWorkerUrl(workerUrl);
    setWorkerCount(1); // for names only
    const map = mapIn(container, geometry, options);
    await new Promise<void>((done, failed) => {
      map.once("style.load", () => done());
      map.once("error", ({ error }) => failed(error));
    });
    const layer = new AreaLayer(geometry, drawsInSoftware());
    layer.theme = options.theme;
    const made = new AreaMap(container, geometry, map, layer, options);
    map.addLayer(layer);
    made.theme(options.theme);
    made.#limitZoom();
    map.once("render", () => made.#told.tell("ready", undefined));
    return made;
  }

  /** Listen to an event; returns what ends it. */
  on<Name extends keyof MapEvents>(
    name: Name,
    listener: (told: MapEvents[Name]) => void,
  ): () => void {
    return this.#told.on(name, listener);
  }

  /** Colour every area by its class: `palette[class]`, colours of CSS; class 0 is no data. */
  paint(classes: Uint8Array, palette: readonly string[]): void {
    this.layer.paint(classes, palette);
  }

  /** Fade areas that are 0 in a mask; null: none. */
  fade(mask: Uint8Array | null): void {
    this.layer.fade(mask);
  }

  /** Mark the area that is chosen. */
  select(area: number | null): void {
    this.#selected = area;
    this.#markAll();
  }

  /** Mark the area that is compared with the chosen one. */
  compare(area: number | null): void {
    this.#compared = area;
    this.#markAll();
  }

  /** Mark areas that were picked, with a line around all of them. */
  pick(areas: Iterable<number>): void {
    this.#picked = new Set(areas);
    this.#markAll();
  }

  /** Mark an area as if the pointer were over it, such as one in a list. */
  point(area: number | null): void {
    this.#hovered = area;
    this.#mark("hover", area, COLOURS[this.#theme].hover, 1.5, 1.5);
  }

  /** Choose whose outlines are drawn, by the id of the kind of larger areas. */
  outlines(shown: Readonly<Record<string, boolean>>): void {
    this.layer.outlines = shown;
    this.map.triggerRepaint();
  }

  /** Show the names of larger areas; null and kinds that are left out: no name. */
  labels(names: Names): void {
    this.#names = names;
    showNames(this.map, this.geometry, names, this.#theme);
  }

  /** Say in another language what the map is, and where the data come from. */
  describe(options: Described): void {
    this.map.getCanvas().setAttribute("aria-label", options.label);
    for (const [way, called] of [
      ["in", options.zoomIn],
      ["out", options.zoomOut],
    ] as const) {
      const button = this.container.querySelector<HTMLElement>(`.maplibregl-ctrl-zoom-${way}`);
      button?.setAttribute("aria-label", called);
      button?.setAttribute("title", called);
    }
    this.#attribution.textContent = options.attribution;
  }

  /** Bring something into view. Nothing moves for readers who want reduced motion: it jumps. */
  fit(target: Target, { animate = true }: { animate?: boolean } = {}): void {
    const bounds = this.#boundsOf(target);
    if (!bounds) return;
    const still = !animate || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const maxZoom = "area" in target ? AREA_CLOSEST : CLOSEST;
    const padding = paddingOf(
      this.container,
      "area" in target ? 4 * PADDING : PADDING,
      this.covered,
    );
    this.map.fitBounds(bounds, { padding, maxZoom, animate: !still });
  }

  /** Where the map looks. */
  get view(): View {
    const { lng, lat } = this.map.getCenter();
    return { longitude: lng, latitude: lat, zoom: this.map.getZoom() };
  }

  set view({ longitude, latitude, zoom }: View) {
    this.map.jumpTo({ center: [longitude, latitude], zoom });
  }

  /** Begin or cancel drawing a polygon; `drawn` tells the ring. */
  draw(on: boolean): void {
    if (on) this.#drawing.begin();
    else this.#drawing.end(true);
  }

  /** A picture of what is seen, as PNG, with a title, a legend and where the data come from. */
  png(told: Pick<Caption, "title" | "legend">): Promise<Blob> {
    this.map.redraw();
    const source = this.#attribution.textContent;
    const ratio = this.map.getPixelRatio();
    return picture(this.map.getCanvas(), COLOURS[this.#theme], { ...told, source }, ratio);
  }

  /** The address of a picture of what is seen, made at once, for printing. */
  snapshot(): string {
    this.map.redraw();
    return this.map.getCanvas().toDataURL("image/png");
  }

  /** Change the colours of all but the classes: paint them anew. */
  theme(theme: Theme): void {
    this.#theme = theme;
    this.layer.theme = theme;
    this.container.classList.toggle("map-dark", theme === "dark");
    this.container.style.backgroundColor = COLOURS[theme].background;
    colourNames(this.map, this.geometry, theme);
    this.#markAll();
  }

  /** Remove the map. */
  destroy(): void {
    this.#observer.disconnect();
    this.#told.clear();
    this.#attribution.remove();
    this.map.remove();
    this.container.classList.remove("area-map", "map-dark", "map-over-area");
  }

  #boundsOf(target: Target): Bounds | null {
    if (Array.isArray(target)) return target;
    if ("area" in target) return this.geometry.boundsOf([target.area]);
    return this.geometry.boundsOf(this.geometry.areasOf(target.group, target.place));
  }

  #limitZoom(): void {
    const bounds = this.geometry.boundsOf(Array(this.geometry.areas).keys());
    const camera = bounds && this.map.cameraForBounds(bounds);
    if (camera?.zoom !== undefined) this.map.setMinZoom(Math.max(0, camera.zoom - 1.2));
  }

  #listen(): void {
    const { map } = this;
    map.on("mousemove", (event) => this.#hover(event));
    map.on("mouseout", () => this.#leave());
    map.on("click", (event) => this.#choose(event));
    map.on("moveend", () => this.#told.tell("move", this.view));
    map.on("webglcontextlost", () => {
      this.#told.tell("failed", { reason: "context-lost", message: "" });
    });
    map.on("webglcontextrestored", () => this.#restore());
    map.on("error", ({ error }) => {
      this.#told.tell("failed", { reason: "error", message: error.message });
    });
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || this.#drawing.on) return;
      const { longitude, latitude } = this.view;
      const area = this.geometry.areaAt(longitude, latitude);
      this.#told.tell("select", { area, by: "key", adding: event.shiftKey });
    });
  }

  #hover(event: MapMouseEvent): void {
    const area = this.geometry.areaAt(event.lngLat.lng, event.lngLat.lat);
    const { x, y } = event.point;
    this.container.classList.toggle("map-over-area", area !== null && !this.#drawing.on);
    if (area !== this.#hovered && !this.#drawing.on) this.point(area);
    this.#told.tell("hover", { area, x, y });
  }

  #leave(): void {
    this.point(null);
    this.container.classList.remove("map-over-area");
    this.#told.tell("hover", { area: null, x: 0, y: 0 });
  }

  #choose(event: MapMouseEvent): void {
    if (this.#drawing.on) return;
    const area = this.geometry.areaAt(event.lngLat.lng, event.lngLat.lat);
    const { ctrlKey, metaKey, shiftKey } = event.originalEvent;
    const adding = ctrlKey || metaKey || shiftKey;
    this.#told.tell("select", { area, by: "pointer", adding });
  }

  #markAll(): void {
    const colours = COLOURS[this.#theme];
    this.#mark("picked", this.#picked, colours.picked, 2, 1.5);
    this.#mark("hover", this.#hovered, colours.hover, 1.5, 1.5);
    this.#mark("compared", this.#compared, colours.compared, 2.5, 2);
    this.#mark("selected", this.#selected, colours.selected, 2.5, 2);
  }

  #mark(
    name: string,
    areas: number | null | ReadonlySet<number>,
    colour: string,
    width: number,
    halo: number,
  ): void {
    const set = typeof areas === "number" ? new Set([areas]) : (areas ?? new Set<number>());
    const lines = set.size ? linesAround(this.geometry, set) : new Float32Array();
    this.layer.mark(name, set.size ? { lines, colour, width, halo } : null);
  }

  #showDrawn(points: readonly Place[], moving: Place | null, closed = false): void {
    const places = points.map(([lng, lat]) => this.geometry.local(lng, lat));
    if (moving && places.length) places.push(this.geometry.local(...moving));
    const after = (i: number) =>
      places[closed || moving ? (i + 1) % places.length : Math.min(i + 1, places.length - 1)]!;
    const lines = new Float32Array(places.flatMap((place, i) => [...place, ...after(i)]));
    const dots = new Float32Array(places.flatMap((place) => [...place, ...place]));
    const { drawn: colour } = COLOURS[this.#theme];
    const line: Marked = { lines, colour, width: 2, halo: 2 };
    this.layer.mark("drawn", places.length ? line : null);
    this.layer.mark("dots", closed || !places.length ? null : { ...line, lines: dots, width: 7 });
  }

  async #refine(parts: number[]): Promise<void> {
    try {
      const found = await Promise.all(parts.map((part) => this.geometry.refine(part)));
      if (found.some((mesh) => mesh)) this.#markAll();
    } catch (error) {
      console.warn(error); // what was read before is still drawn
    }
  }

  /** Draw again after the graphics context came back: MapLibre keeps all but layers of others. */
  #restore(): void {
    const again = () => {
      if (this.map.getLayer(this.layer.id)) return;
      const names = Object.keys(this.geometry.groups).map((group) => `names-${group}`);
      this.map.addLayer(
        this.layer,
        names.find((name) => this.map.getLayer(name)),
      );
      this.labels(this.#names);
      this.map.once("render", () => this.#told.tell("ready", undefined));
    };
    if (this.map.isStyleLoaded()) again();
    else this.map.once("style.load", again);
  }
}
