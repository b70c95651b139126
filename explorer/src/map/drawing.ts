// Drawing a polygon on the map: with a mouse, by touch, or with keys.

import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { Place } from "./mercator";

const NEAR = 12; // pixels

/** What happens while a polygon is drawn. */
export interface Drawn {
  /** The points so far; `moving` is where the pointer is. */
  changed: (points: readonly Place[], moving: Place | null) => void;
  /** The ring, not closed; null: cancelled. */
  ended: (ring: Place[] | null) => void;
}

/** Draws polygons: clicks set points; a double click, Enter or the first point again ends it.
 *
 * Space sets a point in the middle of the map, Backspace takes the last one back, Escape cancels. */
export class Drawing {
  #points: Place[] = [];
  #on = false;
  #zoomed = true;

  constructor(
    readonly map: MapLibre,
    readonly told: Drawn,
  ) {}

  get on(): boolean {
    return this.#on;
  }

  /** Begin drawing. */
  begin(): void {
    if (this.#on) return;
    this.#on = true;
    this.#points = [];
    this.#zoomed = this.map.doubleClickZoom.isEnabled();
    this.map.doubleClickZoom.disable();
    this.map.on("click", this.#clicked);
    this.map.on("mousemove", this.#moved);
    this.map.on("dblclick", this.#finished);
    this.map.getContainer().addEventListener("keydown", this.#pressed, true);
    this.map.getContainer().classList.add("map-drawing");
  }

  /** End drawing; the ring is handed over where it has three points. */
  end(cancelled: boolean): void {
    if (!this.#on) return;
    this.#on = false;
    if (this.#zoomed) this.map.doubleClickZoom.enable();
    this.map.off("click", this.#clicked);
    this.map.off("mousemove", this.#moved);
    this.map.off("dblclick", this.#finished);
    this.map.getContainer().removeEventListener("keydown", this.#pressed, true);
    this.map.getContainer().classList.remove("map-drawing", "map-drawing-by-key");
    this.told.ended(cancelled || this.#points.length < 3 ? null : this.#points);
  }

  readonly #clicked = (event: MapMouseEvent): void => {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (last && this.#near(last, event)) return; // the second click of two
    if (first && this.#points.length > 2 && this.#near(first, event)) return this.end(false);
    this.#add([event.lngLat.lng, event.lngLat.lat]);
  };

  readonly #moved = (event: MapMouseEvent): void => {
    this.map.getContainer().classList.remove("map-drawing-by-key");
    this.told.changed(this.#points, [event.lngLat.lng, event.lngLat.lat]);
  };

  readonly #finished = (event: MapMouseEvent): void => {
    event.preventDefault();
    if (this.#points.length > 2) this.end(false);
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    const act = {
      Enter: () => (this.#points.length > 2 ? this.end(false) : undefined),
      Escape: () => this.end(true),
      " ": () => this.#atCentre(),
      Backspace: () => this.#add(null),
    }[event.key];
    if (!act || event.target !== this.map.getCanvas()) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  #atCentre(): void {
    this.map.getContainer().classList.add("map-drawing-by-key");
    const { lng, lat } = this.map.getCenter();
    this.#add([lng, lat]);
  }

  #add(place: Place | null): void {
    if (place) this.#points = [...this.#points, place];
    else this.#points = this.#points.slice(0, -1);
    this.told.changed(this.#points, null);
  }

  #near(place: Place, event: MapMouseEvent): boolean {
    const at = this.map.project([...place]);
    return Math.hypot(at.x - event.point.x, at.y - event.point.y) < NEAR;
  }
}
