// How areas moved between the deciles of two versions of an index.

import type { Numbers } from "../data/arrays";

interface Standing {
  rank: Numbers;
  decile: Numbers;
}

export interface Movement {
  /** Areas by decile before (rows) and now (columns), 10 x 10, row by row. */
  matrix: Uint32Array;
  /** Areas in a more deprived decile than before, in a less deprived one, and in the same. */
  rose: number;
  fell: number;
  stayed: number;
  /** Places of areas that moved most towards more deprived, by deciles and then by ranks. */
  most_up: number[];
  most_down: number[];
}

/** Compare two versions; areas without a decile in one of them are left out. */
export function movement(before: Standing, now: Standing): Movement {
  const matrix = new Uint32Array(100);
  const up: number[] = [];
  const down: number[] = [];
  let stayed = 0;
  now.decile.forEach((to, area) => {
    const from = before.decile[area] ?? 0;
    if (!from || !to) return;
    const cell = 10 * (from - 1) + to - 1;
    matrix[cell] = (matrix[cell] ?? 0) + 1;
    if (to < from) up.push(area);
    else if (to > from) down.push(area);
    else stayed++;
  });
  const steps = (area: number): number => (now.decile[area] ?? 0) - (before.decile[area] ?? 0);
  const places = (area: number): number => (now.rank[area] ?? 0) - (before.rank[area] ?? 0);
  up.sort((a, b) => steps(a) - steps(b) || places(a) - places(b) || a - b);
  down.sort((a, b) => steps(b) - steps(a) || places(b) - places(a) || a - b);
  return {
    matrix,
    rose: up.length,
    fell: down.length,
    stayed,
    most_up: up,
    most_down: down,
  };
}
