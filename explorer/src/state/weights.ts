// Weights as the reader sets them: by node, one number of 0 or more per child.

import type { Combination } from "../data/site";
import type { Link } from "./link";

export type Weights = ReadonlyMap<string, readonly number[]>;
type Combinations = Readonly<Record<string, Combination>>;

/** Whether weights can be used: not all of them are 0. */
export function usable(weights: readonly number[]): boolean {
  return weights.some((weight) => weight > 0);
}

/** The largest weight that a slider of a node can have. */
export function mostOf(combination: Combination): number {
  return Math.max(1, ...combination.weights);
}

/** Leave out weights that are the published ones. */
export function changedOnly(weights: Weights, combinations: Combinations): Weights {
  const changed = [...weights].filter(([id, one]) => {
    const published = combinations[id]?.weights ?? [];
    return one.some((weight, place) => weight !== published[place]);
  });
  return new Map(changed);
}

/** Write weights for a link; those of which all are 0 are left out. */
export function linked(weights: Weights, combinations: Combinations): Link["weights"] {
  const said: Link["weights"] = {};
  for (const [id, one] of weights) {
    if (!usable(one)) continue;
    const { children = [] } = combinations[id] ?? {};
    said[id] = Object.fromEntries(children.map((child, place) => [child, one[place] ?? 0]));
  }
  return said;
}

/** Read the weights of a link, as far as they can be changed; only their proportions matter. */
export function ofLink(said: Link["weights"], adjustable: [string, Combination][]): Weights {
  const found = new Map<string, number[]>();
  for (const [id, one] of adjustable) {
    const weights = said[id];
    if (!weights) continue;
    const given = one.children.map((child, place) => weights[child] ?? one.weights[place] ?? 0);
    if (!usable(given)) continue;
    const over = Math.max(...given) / mostOf(one);
    found.set(id, over > 1 ? given.map((weight) => weight / over) : given);
  }
  return found;
}
