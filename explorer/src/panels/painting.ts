// What colour each area has: by decile, by score or by movement between versions.

import type { NodeColumns, SiteNode } from "../data/site";
import { mostDeprived } from "../methods/ranks";
import type { Colouring } from "../state/link";

export interface Painting {
  kind: Colouring;
  /** The class of each area; 0: no number. */
  classes: Uint8Array;
  /** A colour per class. */
  palette: readonly string[];
  /** What the legend shows, in its order. */
  legend: { class: number; label: string }[];
}

const CLASSES = 10;
const LABELLED = 3; // every third class has a label, so that there is room for it
const MOST_STEPS = 4; // so many deciles up or down, or more, share the last colour

/** Colour areas by decile. */
export function byDecile(columns: NodeColumns, palette: readonly string[]): Painting {
  const legend = Array.from({ length: 10 }, (_, i) => ({ class: i + 1, label: String(i + 1) }));
  return { kind: "decile", classes: Uint8Array.from(columns.decile), palette, legend };
}

/**
 * Colour areas by score, in ten classes of equal width.
 *
 * The classes span the middle 98 per cent of the areas, so that a few far-off values do not leave
 * the rest in one colour; these fall into the first and last class. Class 1 is the most need.
 */
export function byScore(
  columns: NodeColumns,
  node: SiteNode,
  palette: readonly string[],
  say: (value: number) => string,
): Painting {
  const values = Float64Array.from(columns.score)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const low = values[Math.floor(values.length * 0.01)] ?? 0;
  const high = values[Math.ceil(values.length * 0.99) - 1] ?? 1;
  const width = (high - low) / CLASSES || 1;
  const turned = node.measure !== "score" && node.high_value === "less_need";
  const classes = Uint8Array.from(columns.score as ArrayLike<number>, (value) => {
    if (Number.isNaN(value)) return 0;
    const step = Math.min(CLASSES - 1, Math.max(0, Math.floor((value - low) / width)));
    return turned ? step + 1 : CLASSES - step;
  });
  const legend = Array.from({ length: CLASSES }, (_, i) => {
    const from = turned ? low + i * width : high - (i + 1) * width;
    return { class: i + 1, label: i % LABELLED === 0 ? say(from) : "" };
  });
  return { kind: "score", classes, palette, legend };
}

/** Colour areas by how many deciles they moved since another version; 1: the most upwards. */
export function byChange(
  before: { decile: ArrayLike<number> },
  columns: NodeColumns,
  palette: readonly string[],
): Painting {
  const classes = Uint8Array.from(columns.decile as ArrayLike<number>, (to, area) => {
    const from = before.decile[area] ?? 0;
    if (!from || !to) return 0;
    return Math.min(MOST_STEPS, Math.max(-MOST_STEPS, to - from)) + MOST_STEPS + 1;
  });
  const legend = Array.from({ length: 2 * MOST_STEPS + 1 }, (_, i) => {
    const step = i - MOST_STEPS;
    const sign = step > 0 ? "+" : step < 0 ? "−" : "";
    const end = Math.abs(step) === MOST_STEPS ? (step < 0 ? "≤" : "≥") : "";
    return { class: i + 1, label: `${end}${sign}${Math.abs(step)}` };
  });
  return { kind: "change", classes, palette, legend };
}

/** Tell which areas are among the most deprived share of a node; null where all are shown alike. */
export function hotSpots(
  columns: NodeColumns,
  node: SiteNode,
  percent: 0 | 10 | 20,
): Uint8Array | null {
  if (!percent || !node.n) return null;
  const inside = mostDeprived(node.n, { numerator: percent, denominator: 100 }, node.deciles);
  return Uint8Array.from(columns.rank as ArrayLike<number>, (rank) =>
    rank > 0 && inside(rank) ? 1 : 0,
  );
}
