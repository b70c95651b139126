// Summaries of groups of areas, as hyperlocal.analysis.districts makes them of districts.
//
// Every area belongs to one group, or none, with all its population.

import type { DecileRule, NodeColumns, PercentileRule } from "../data/site";
import { fromHighest, mostDeprived, percentiles, TENTH, type Share } from "./ranks";

/** How a node is ranked. */
export interface Ranking {
  n: number;
  deciles: DecileRule;
  percentiles: PercentileRule;
}

/** What is told of one group; NaN where it cannot be: no population, or fewer than 100 ranks. */
export interface Summary {
  /** How many ranked areas it has. */
  areas: number;
  /** The population of these. */
  population: number;
  average_score: number;
  average_rank: number;
  proportion: number;
  extent: number;
  local_concentration: number;
}

/** The summaries of all groups, one number per group. */
export type Summaries = Record<keyof Summary, Float64Array>;

const WHOLE = 10; // up to this percentile people count in full
const UNTIL = 30; // and up to this one in part
const FIRST = 0.95;
const LAST = 0.05;
const LEAST = 100; // as few ranked areas as percentiles can be made of
const CONCENTRATED = 0.1; // the share of the population that local concentration looks at

/** Summarise any set of areas, such as those that a reader picked. */
export function summarise(
  areas: Iterable<number>,
  columns: NodeColumns,
  ranking: Ranking,
  population: ArrayLike<number>,
  share: Share = TENTH,
): Summary {
  const chosen = Uint32Array.from(new Set(areas)).sort();
  const all = summariesOf(chosen, new Int32Array(chosen.length), 1, {
    columns,
    ranking,
    population,
    share,
  });
  return {
    areas: all.areas[0]!,
    population: all.population[0]!,
    average_score: all.average_score[0]!,
    average_rank: all.average_rank[0]!,
    proportion: all.proportion[0]!,
    extent: all.extent[0]!,
    local_concentration: all.local_concentration[0]!,
  };
}

/**
 * Summarise all groups of a kind.
 *
 * `of` is the place of the group of each area, -1: none; `groups` is how many there are.
 */
export function summariseGroups(
  of: ArrayLike<number>,
  groups: number,
  columns: NodeColumns,
  ranking: Ranking,
  population: ArrayLike<number>,
  share: Share = TENTH,
): Summaries {
  const areas: number[] = [];
  const group: number[] = [];
  for (let area = 0; area < of.length; area++) {
    if (of[area]! < 0) continue;
    areas.push(area);
    group.push(of[area]!);
  }
  return summariesOf(areas, group, groups, { columns, ranking, population, share });
}

interface Given {
  columns: NodeColumns;
  ranking: Ranking;
  population: ArrayLike<number>;
  share: Share;
}

function summariesOf(
  all: ArrayLike<number>,
  groupOfAll: ArrayLike<number>,
  groups: number,
  { columns, ranking, population, share }: Given,
): Summaries {
  const areas: number[] = [];
  const group: number[] = [];
  for (let at = 0; at < all.length; at++) {
    if (!(columns.rank[all[at]!]! > 0)) continue;
    areas.push(all[at]!);
    group.push(groupOfAll[at]!);
  }
  const of = (values: ArrayLike<number>) => gathered(values, areas);
  const rank = of(columns.rank);
  const weight = of(population);
  const backwards = rank.map((one) => ranking.n + 1 - one);
  const added = (values: Float64Array) => addedUp(values, group, groups);
  const total = added(weight);
  const average = (values: Float64Array) =>
    over(added(values.map((value, at) => weight[at]! * value)), total);
  const inside = mostDeprived(ranking.n, share, ranking.deciles);
  const number = added(rank.map(() => 1));
  return {
    areas: number,
    population: total,
    average_score: average(of(columns.score)),
    average_rank: average(backwards),
    proportion: over(added(rank.map((one) => (inside(one) ? 1 : 0))), number),
    extent:
      ranking.n < LEAST
        ? new Float64Array(groups).fill(NaN)
        : average(extentWeights(rank, ranking)),
    local_concentration: localConcentration(backwards, weight, group, total),
  };
}

/** Return how much the population of an area counts in the extent, by its percentile. */
function extentWeights(rank: Float64Array, ranking: Ranking): Float64Array {
  const step = (FIRST - LAST) / (UNTIL - WHOLE - 1);
  return percentiles(rank, ranking.n, ranking.percentiles).map((percentile) => {
    if (percentile <= WHOLE) return 1;
    return percentile <= UNTIL ? FIRST - step * (percentile - WHOLE - 1) : 0;
  });
}

/**
 * Average the ranks of the most deprived areas that hold a tenth of the population of a group.
 *
 * Areas are taken from the most deprived on; the one that straddles the limit counts with the part
 * of its population that is still wanted.
 */
function localConcentration(
  backwards: Float64Array,
  weight: Float64Array,
  group: ArrayLike<number>,
  total: Float64Array,
): Float64Array {
  const before = new Float64Array(total.length);
  const summed = new Float64Array(total.length);
  const taken = new Float64Array(total.length);
  for (const at of fromHighest(backwards)) {
    const of = group[at]!;
    const left = CONCENTRATED * total[of]! - before[of]!;
    const part = Math.min(Math.max(left, 0), weight[at]!);
    before[of]! += weight[at]!;
    summed[of]! += part * backwards[at]!;
    taken[of]! += part;
  }
  return over(summed, taken);
}

function gathered(values: ArrayLike<number>, areas: readonly number[]): Float64Array {
  const result = new Float64Array(areas.length);
  for (let at = 0; at < areas.length; at++) result[at] = values[areas[at]!]!;
  return result;
}

function addedUp(values: Float64Array, group: ArrayLike<number>, groups: number): Float64Array {
  const total = new Float64Array(groups);
  for (let at = 0; at < values.length; at++) total[group[at]!]! += values[at]!;
  return total;
}

function over(summed: Float64Array, total: Float64Array): Float64Array {
  return summed.map((value, at) => (total[at]! > 0 ? value / total[at]! : NaN));
}

/** Count the areas of a set in each decile, the most deprived first; without a rank: not at all. */
export function decileCounts(areas: Iterable<number>, columns: NodeColumns): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const area of new Set(areas)) {
    const decile = columns.decile[area]!;
    if (decile > 0) counts[decile - 1]!++;
  }
  return counts;
}
