// What the map tells.

import type { Place } from "./mercator";

/** Where the map looks. */
export interface View {
  longitude: number;
  latitude: number;
  zoom: number;
}

/** What is told with each event. */
export interface MapEvents {
  /** The pointer is over another area, or none; `x` and `y` are pixels of the container. */
  hover: { area: number | null; x: number; y: number };
  /** An area was chosen, or the sea (null). With a key: the area in the middle of the map. */
  select: { area: number | null; by: "pointer" | "key"; adding: boolean };
  /** The map came to rest elsewhere. */
  move: View;
  /** A polygon was drawn; null: drawing was cancelled. The ring is not closed. */
  drawn: Place[] | null;
  /** The map is painted, first or again after `failed`. */
  ready: undefined;
  /** Nothing can be shown now: the graphics context was lost. `ready` follows where it came back. */
  failed: { reason: "context-lost" | "error"; message: string };
}

/** Tells listeners of events. */
export class Teller<Events> {
  readonly #listeners = new Map<keyof Events, Set<(told: never) => void>>();

  /** Listen; returns what ends it. */
  on<Name extends keyof Events>(name: Name, listener: (told: Events[Name]) => void): () => void {
    const held = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, held);
    held.add(listener);
    return () => held.delete(listener);
  }

  /** Tell all listeners. */
  tell<Name extends keyof Events>(name: Name, told: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      (listener as (told: Events[Name]) => void)(told);
    }
  }

  /** Forget all listeners. */
  clear(): void {
    this.#listeners.clear();
  }
}
