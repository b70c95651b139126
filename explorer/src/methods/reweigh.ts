// The index computed again with other weights, as hyperlocal.pipeline.evaluate computes it.

import type { Numbers } from "../data/arrays";
import type { Combination, DecileRule, NodeColumns } from "../data/site";
import {
  deciles,
  exponentialTransform,
  mostDeprived,
  pickRanks,
  rankFraction,
  rounded,
  tieRanks,
  type Share,
  type TieRanks,
} from "./ranks";

/** The numbers of a node that was computed again; they can stand in the place of its columns. */
export interface Reweighed extends NodeColumns {
  /** The published score; NaN: none. */
  score: Float64Array;
  /** The published rank; 0: none. */
  rank: Float64Array;
  /** 0: none. */
  decile: Uint8Array;
  /** The weighted sum that was ranked, which is the published score of most nodes. */
  combined: Float64Array;
  /** What goes up into the parent. */
  upward: Float64Array;
  /** The weights that were used. */
  weights: number[];
}

/** What a change of weights gives: the nodes concerned and all above them. */
export interface ReweighedIndex {
  nodes: Map<string, Reweighed>;
}

/** Weights as the reader sets them: by node, one number of 0 or more per child. */
export type WeightsByNode = ReadonlyMap<string, readonly number[]>;

/** Areas that a share of the ranking gains and loses. */
export interface Changes {
  /** Places of areas that come in, the most deprived after the change first. */
  enter: Uint32Array;
  /** Places of areas that go out, the most deprived before the change first. */
  leave: Uint32Array;
}

/**
 * An index whose weights can be changed.
 *
 * The reader's weights need not add up to anything: they are scaled to add up to what the published
 * weights of the node add up to, w_i * total / sum, each sum taken from the first to the last. So
 * the scores stay on their scale, also where published weights add up to 0.999. Weights that are
 * the published ones, all of them, are used untouched, and give the published ranks.
 */
export class Reweighing {
  readonly #parent = new Map<string, string>();
  readonly #tables = new Map<string, Float64Array>();

  constructor(
    readonly combinations: Readonly<Record<string, Combination>>,
    readonly root: string,
    readonly upward: ReadonlyMap<string, Numbers>,
  ) {
    for (const [id, { children }] of Object.entries(combinations)) {
      for (const child of children) this.#parent.set(child, id);
    }
  }

  /** The nodes whose weights can be changed. */
  get adjustable(): string[] {
    return Object.keys(this.combinations).filter((id) => this.combinations[id]!.adjustable);
  }

  /** Return the weights that are used of a node where the reader sets some, or none. */
  weights(node: string, given?: readonly number[]): number[] {
    const published = this.#combination(node).weights;
    if (!given || sameNumbers(given, published)) return [...published];
    return scaled(given, published);
  }

  /**
   * Compute the nodes whose weights are given, and all above them.
   *
   * Throws a RangeError where weights are not as many as children, negative, not numbers or all 0,
   * or the weights of the node cannot be changed.
   */
  compute(given: WeightsByNode): ReweighedIndex {
    const wanted = new Map<string, number[]>();
    for (const [id, weights] of given) wanted.set(id, this.weights(id, weights));
    const nodes = new Map<string, Reweighed>();
    for (const id of this.#reached(given.keys())) {
      const combination = this.#combination(id);
      const weights = wanted.get(id) ?? [...combination.weights];
      const children = combination.children.map(
        (child) => nodes.get(child)?.upward ?? this.#published(child),
      );
      nodes.set(id, this.#node(id, combination, children, weights));
    }
    return { nodes };
  }

  /** Return what goes up of a node: of the changed index where it was reached, or published. */
  upwardOf(node: string, changed?: ReadonlyMap<string, Reweighed>): ArrayLike<number> {
    return changed?.get(node)?.upward ?? this.#published(node);
  }

  /** Return the nodes given and all above them, children before their parents. */
  #reached(given: Iterable<string>): string[] {
    const depth = new Map<string, number>();
    for (const start of given) {
      const path = [start];
      for (let node = start; node !== this.root; path.push(node)) {
        const above = this.#parent.get(node);
        if (above === undefined) throw new RangeError(`${node} is not below ${this.root}`);
        node = above;
      }
      path.forEach((node, place) => depth.set(node, path.length - place));
    }
    return [...depth.keys()].sort((one, other) => depth.get(other)! - depth.get(one)!);
  }

  #combination(node: string): Combination {
    const found = Object.hasOwn(this.combinations, node) ? this.combinations[node] : undefined;
    if (!found?.adjustable) throw new RangeError(`the weights of ${node} cannot be changed`);
    return found;
  }

  #published(node: string): Numbers {
    const found = this.upward.get(node);
    if (!found) throw new RangeError(`nothing is known to go up of ${node}`);
    return found;
  }

  #node(
    id: string,
    combination: Combination,
    children: ArrayLike<number>[],
    weights: number[],
  ): Reweighed {
    const combined = weightedSum(children, weights, combination.arithmetic === "single");
    const ranks = tieRanks(combined);
    const raised = combination.raise === "exponential" && id !== this.root;
    const stretched =
      raised || combination.published === "transformed_rank"
        ? this.#transformed(id, combination, ranks)
        : combined;
    const published = pickRanks(ranks, combination.published_ties);
    const groups = deciles(published, combination.n, combination.deciles);
    return {
      score: combination.published === "transformed_rank" ? stretched : combined,
      rank: published.map((rank) => (rank === rank ? rank : 0)),
      decile: Uint8Array.from(groups), // NaN becomes 0
      combined,
      upward: raised ? stretched : combined,
      weights,
    };
  }

  /** Transform ranks; what each half rank gives is computed once, for all changes of weights. */
  #transformed(id: string, combination: Combination, ranks: TieRanks): Float64Array {
    const { number } = ranks;
    const key = `${id} ${number}`;
    let table = this.#tables.get(key);
    if (!table) {
      const single = combination.arithmetic === "single";
      const all = Float64Array.from({ length: 2 * number + 1 }, (_, twice) =>
        twice < 2 ? NaN : twice / 2,
      );
      const fraction = rankFraction(all, number, combination.n, combination.rank_fraction, single);
      table = exponentialTransform(fraction, combination.exponential, single);
      this.#tables.set(key, table);
    }
    const rank = pickRanks(ranks, combination.ties);
    const result = new Float64Array(rank.length);
    for (let area = 0; area < rank.length; area++) {
      const one = rank[area]!;
      result[area] = one === one ? table[2 * one]! : NaN;
    }
    return result;
  }
}

/**
 * Add up scores, each times its weight, in the order of the children; NaN where one is missing.
 *
 * In single precision the scores are rounded first and the sum is rounded once.
 */
export function weightedSum(
  children: readonly ArrayLike<number>[],
  weights: readonly number[],
  single = false,
): Float64Array {
  const total = new Float64Array(children[0]!.length);
  children.forEach((child, place) => {
    const weight = weights[place]!;
    for (let area = 0; area < total.length; area++) {
      const score = single ? Math.fround(child[area]!) : child[area]!;
      total[area] = place === 0 ? score * weight : total[area]! + score * weight;
    }
  });
  return single ? rounded(total) : total;
}

/** Tell which areas come into the most deprived share, and which go out of it. */
export function changes(
  before: Pick<NodeColumns, "rank">,
  after: Pick<NodeColumns, "rank">,
  number: number,
  share: Share,
  rule: DecileRule,
): Changes {
  const inside = mostDeprived(number, share, rule);
  const enter: number[] = [];
  const leave: number[] = [];
  for (let area = 0; area < before.rank.length; area++) {
    const [was, is] = [before.rank[area]!, after.rank[area]!];
    const [inBefore, inAfter] = [was > 0 && inside(was), is > 0 && inside(is)];
    if (inAfter && !inBefore) enter.push(area);
    if (inBefore && !inAfter) leave.push(area);
  }
  return { enter: byRank(enter, after.rank), leave: byRank(leave, before.rank) };
}

function byRank(areas: number[], rank: Numbers): Uint32Array {
  return Uint32Array.from(areas.sort((one, other) => rank[one]! - rank[other]! || one - other));
}

function scaled(given: readonly number[], published: readonly number[]): number[] {
  if (given.length !== published.length) {
    throw new RangeError(`${given.length} weights for ${published.length} children`);
  }
  if (!given.every((weight) => Number.isFinite(weight) && weight >= 0)) {
    throw new RangeError("a weight is negative or not a number");
  }
  const sum = given.reduce((before, weight) => before + weight, 0);
  const total = published.reduce((before, weight) => before + weight, 0);
  if (sum === 0) throw new RangeError("all weights are 0");
  if (!Number.isFinite(sum * total)) throw new RangeError("the weights are too large");
  return given.map((weight) => (weight * total) / sum);
}

function sameNumbers(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((number, at) => number === other[at]);
}
