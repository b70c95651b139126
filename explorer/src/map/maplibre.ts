// The map of MapLibre that areas are drawn on: how it is made, and what it leaves room for.

import { Map as MapLibre, NavigationControl, type PaddingOptions } from "maplibre-gl";
import type { View } from "./events";
import type { Geometry } from "./geometry";
import type { Theme } from "./palette";

/** What the map says, in the language of the page. */
export interface Described {
  /** What a screen reader says of the map. */
  label: string;
  /** What the buttons are called. */
  zoomIn: string;
  zoomOut: string;
  /** Where the data come from; plain text, shown in the corner and in pictures. */
  attribution: string;
}

/** What the map is made with. */
export interface MapOptions extends Described {
  theme: Theme;
  /** Where to look first; without it all areas are in view. */
  view?: View;
  /** Pixels at the left that something else covers. */
  covered?: number;
}

/** That a map cannot be shown in this browser. */
export class NoMap extends Error {
  override readonly name = "NoMap"; // classes lose theirs when they are bundled
}

/** Pixels around what is brought into view. */
export const PADDING = 24;
/** The closest zoom. */
export const CLOSEST = 17;

/** Padding that leaves room in a small container. */
export function paddingOf(
  container: HTMLElement,
  padding: number,
  covered: number,
): PaddingOptions {
  const { clientWidth, clientHeight } = container;
  const side = Math.min(padding, clientWidth / 6, clientHeight / 6);
  const left = Math.min(side + covered, clientWidth / 2);
  return { top: side, right: side, bottom: side, left };
}

/** Make the map of MapLibre that everything is drawn on; `NoMap` where that cannot be. */
export function mapIn(container: HTMLElement, geometry: Geometry, options: MapOptions): MapLibre {
  const bounds = geometry.boundsOf(Array(geometry.areas).keys());
  const { view } = options;
  try {
    const map = new MapLibre({
      container,
      style: { version: 8, sources: {}, layers: [] },
      ...(view
        ? { center: [view.longitude, view.latitude], zoom: view.zoom }
        : {
            bounds: bounds ?? [-8, 49, 2, 61],
            fitBoundsOptions: { padding: paddingOf(container, PADDING, options.covered ?? 0) },
          }),
      maxZoom: CLOSEST,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      renderWorldCopies: false,
      fadeDuration: 150,
      canvasContextAttributes: { antialias: !drawsInSoftware() },
      locale: {
        "Map.Title": options.label,
        "NavigationControl.ZoomIn": options.zoomIn,
        "NavigationControl.ZoomOut": options.zoomOut,
      },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    return map;
  } catch (error) {
    throw new NoMap(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Whether WebGL runs without a graphics card: smooth edges would cost too much there. */
export function drawsInSoftware(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return false;
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}
