// What Python computes of two made-up indices: see fixtures/methods/make.py.
import { describe, expect, it } from "vitest";
import type { Combination, NodeColumns } from "../src/data/site";
import { contributions } from "../src/methods/decompose";
import { Reweighing } from "../src/methods/reweigh";
import {
  decileCounts,
  summarise,
  summariseGroups,
  type Ranking,
  type Summary,
} from "../src/methods/summaries";
import other from "./fixtures/methods/other.json";
import plain from "./fixtures/methods/plain.json";

type Column = (number | null)[];

interface Fixture {
  root: string;
  combinations: Record<string, Combination>;
  upward: Record<string, Column>;
  ranking: Record<string, Ranking>;
  population: number[];
  district_of: number[];
  districts: number;
  cases: {
    weights: Record<string, number[]>;
    used: Record<string, number[]>;
    nodes: Record<string, { rank: Column; decile: Column; score: Column }>;
  }[];
  summaries: Record<string, Record<keyof Summary, Column>>;
  decomposition: {
    area: number;
    rows: { node: string; points: number; against_nation: number; against_group: number }[];
  };
}

const MEASURES = [
  "areas",
  "population",
  "average_score",
  "average_rank",
  "proportion",
  "extent",
  "local_concentration",
] as const;

const fixtures = { plain, other } as unknown as Record<string, Fixture>;

const doubles = (column: Column) => Float64Array.from(column, (one) => one ?? NaN);
const places = (column: Column) => Float64Array.from(column, (one) => one ?? 0);

function reweighing(fixture: Fixture): Reweighing {
  const upward = Object.entries(fixture.upward).map(([id, all]) => [id, doubles(all)] as const);
  return new Reweighing(fixture.combinations, fixture.root, new Map(upward));
}

function columnsOf(node: { rank: Column; decile: Column; score: Column }): NodeColumns {
  return { rank: places(node.rank), decile: places(node.decile), score: doubles(node.score) };
}

/** Expect doubles that differ at most in the last digits, as logarithms of two libraries do. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, relative = 1e-12) {
  expect(found.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at++) {
    const [one, two] = [found[at]!, expected[at]!];
    if (Number.isNaN(one) && Number.isNaN(two)) continue;
    if (!(Math.abs(one - two) <= relative * Math.max(1, Math.abs(two)))) {
      expect.fail(`${one} is not ${two}, at ${at}`);
    }
  }
}

describe.each(Object.entries(fixtures))("the index %s", (_, fixture) => {
  const index = reweighing(fixture);

  it.each(fixture.cases.map((one) => [JSON.stringify(one.weights), one] as const))(
    "with the weights %s has the ranks that Python gives",
    (_text, { weights, used, nodes }) => {
      const { nodes: found } = index.compute(new Map(Object.entries(weights)));
      expect(found.has(fixture.root)).toBe(true);
      expect([...found.keys()].every((id) => id in fixture.combinations)).toBe(true);
      for (const [id, node] of found) {
        expect([...node.rank]).toEqual([...places(nodes[id]!.rank)]);
        expect([...node.decile]).toEqual([...places(nodes[id]!.decile)]);
        expectClose(node.score, doubles(nodes[id]!.score));
        expect(node.weights).toEqual(used[id] ?? fixture.combinations[id]!.weights);
      }
      for (const [id, node] of Object.entries(nodes)) {
        if (found.has(id)) continue;
        expect(node).toEqual(fixture.cases[0]!.nodes[id]); // what was not reached has not changed
      }
    },
  );

  it("has the summaries of districts that Python gives", () => {
    for (const [id, expected] of Object.entries(fixture.summaries)) {
      const columns = columnsOf(fixture.cases[0]!.nodes[id]!);
      const ranking = fixture.ranking[id]!;
      const { district_of, districts, population } = fixture;
      const found = summariseGroups(district_of, districts, columns, ranking, population);
      for (const measure of MEASURES) expectClose(found[measure], doubles(expected[measure]), 1e-9);
      for (let district = 0; district < districts; district++) {
        const members = [...district_of.keys()].filter((area) => district_of[area] === district);
        const one = summarise(members.reverse(), columns, ranking, population);
        for (const measure of MEASURES) {
          expectClose([one[measure]], [found[measure][district]!], 1e-12);
        }
      }
    }
  });

  it("taken apart gives what its domains bring", () => {
    const { area, rows } = fixture.decomposition;
    const { children, weights, arithmetic } = fixture.combinations[fixture.root]!;
    const parts = children.map((id, at) => ({
      id,
      weight: weights[at]!,
      upward: index.upwardOf(id),
    }));
    const here = fixture.district_of[area];
    const district = [...fixture.district_of.keys()].filter(
      (one) => fixture.district_of[one] === here,
    );
    const nation = contributions(parts, area, null, arithmetic === "single");
    const group = contributions(parts, area, district, arithmetic === "single");
    expect(nation.map(({ id }) => id)).toEqual(rows.map(({ node }) => node));
    expectClose(
      nation.map(({ points }) => points),
      rows.map(({ points }) => points),
      1e-9,
    );
    expectClose(
      nation.map((one) => one.against),
      rows.map((one) => one.against_nation),
      1e-9,
    );
    expectClose(
      group.map((one) => one.against),
      rows.map((one) => one.against_group),
      1e-9,
    );
  });
});

describe("summaries of a few areas", () => {
  const ranking: Ranking = {
    n: 100,
    deciles: "ceil(10*rank/N)",
    percentiles: "ceil(100*rank/N)",
  };
  const rank = Float64Array.of(5, 11, 30, 80, 0);
  const decile = Uint8Array.of(1, 2, 3, 8, 0);
  const columns = { rank, decile, score: Float64Array.of(40, 30, 20, 10, NaN) };

  it("are what one works out by hand", () => {
    // The area of rank 5 holds 60 of the 100 people that are a tenth of 1,000, that of rank 11 40.
    const found = summarise([3, 2, 1, 0, 4, 0], columns, ranking, [60, 240, 200, 500, 999]);
    expect(found.areas).toBe(4);
    expect(found.population).toBe(1000);
    expect(found.average_score).toBe((60 * 40 + 240 * 30 + 200 * 20 + 500 * 10) / 1000);
    expect(found.average_rank).toBe((60 * 96 + 240 * 90 + 200 * 71 + 500 * 21) / 1000);
    expect(found.proportion).toBe(0.25);
    expect(found.extent).toBeCloseTo((60 + 240 * 0.95 + 200 * 0.05) / 1000, 12);
    expect(found.local_concentration).toBeCloseTo((60 * 96 + 40 * 90) / 100, 12);
    expect(decileCounts([0, 1, 1, 3, 4], columns)).toEqual([1, 1, 0, 0, 0, 0, 0, 1, 0, 0]);
  });

  it("are not numbers where there is nothing to say", () => {
    const nothing = summarise([4], columns, ranking, [1, 1, 1, 1, 1]);
    expect(nothing.areas).toBe(0);
    expect(nothing.average_score).toBeNaN();
    expect(nothing.proportion).toBeNaN();
    const few = summarise([0, 1], columns, { ...ranking, n: 99 }, [1, 1, 1, 1, 1]);
    expect(few.extent).toBeNaN();
    expect(few.average_rank).toBe(99 + 1 - 8);
  });
});
