import { describe, expect, it } from "vitest";
import type { Combination } from "../src/data/site";
import { changes, Reweighing, weightedSum } from "../src/methods/reweigh";
import { TENTH } from "../src/methods/ranks";

function combination(children: string[], weights: number[], more: Partial<Combination> = {}) {
  const plain: Combination = {
    children,
    weights,
    ties: "average",
    rank_fraction: "(N-rank+1)/N",
    n: 4,
    exponential: 23,
    deciles: "ceil(10*rank/N)",
    published_ties: "minimum",
    arithmetic: "double",
    raise: "exponential",
    published: "combined",
    adjustable: true,
  };
  return { ...plain, ...more };
}

const upward = new Map([
  ["a", Float64Array.of(10, 20, 30, 40)],
  ["b", Float64Array.of(40, 30, 20, 10)],
  ["c", Float64Array.of(1, 2, 2, NaN)],
  ["low", Float64Array.of(0, 50, 50, 100)],
]);

const index = new Reweighing(
  {
    top: combination(["low", "c"], [0.6, 0.3]),
    low: combination(["a", "b"], [0.5, 0.5]),
    fixed: combination(["a"], [1], { adjustable: false }),
  },
  "top",
  upward,
);

describe("other weights", () => {
  it("are scaled to add up to what the published ones do", () => {
    expect(index.weights("low", [3, 1])).toEqual([0.75, 0.25]);
    expect(index.weights("top", [1, 2])).toEqual([(1 * (0.6 + 0.3)) / 3, (2 * (0.6 + 0.3)) / 3]);
  });

  it("that are the published ones are not touched", () => {
    expect(index.weights("top", [0.6, 0.3])).toEqual([0.6, 0.3]);
    expect(index.weights("top")).toEqual([0.6, 0.3]);
  });

  it.each([
    ["low", [1]],
    ["low", [1, -1]],
    ["low", [0, 0]],
    ["low", [NaN, 1]],
    ["low", [Infinity, 1]],
    ["low", [1e308, 1e308]],
    ["fixed", [1]],
    ["nothing", [1]],
    ["toString", [1]],
  ])("are refused of %s where they are %s", (node, weights) => {
    expect(() => index.compute(new Map([[node, weights]]))).toThrow(RangeError);
  });

  it("change the nodes above too, and no others", () => {
    const { nodes } = index.compute(new Map([["low", [1, 0]]]));
    expect([...nodes.keys()]).toEqual(["low", "top"]);
    expect([...nodes.get("low")!.score]).toEqual([10, 20, 30, 40]);
    expect([...nodes.get("low")!.rank]).toEqual([4, 3, 2, 1]);
    expect(nodes.get("low")!.upward[3]).toBe(100);
    expect([...nodes.get("top")!.rank]).toEqual([3, 2, 1, 0]); // the last has no c
    expect([...nodes.get("top")!.decile]).toEqual([8, 5, 3, 0]);
    expect(nodes.get("top")!.score[3]).toBeNaN();
    expect(nodes.get("top")!.upward).toBe(nodes.get("top")!.combined);
    expect([...index.compute(new Map([["top", [1, 1]]])).nodes.keys()]).toEqual(["top"]);
    expect(index.compute(new Map()).nodes.size).toBe(0);
  });

  it("of 0 do not hide that a child is missing", () => {
    expect([...weightedSum([upward.get("a")!, upward.get("c")!], [1, 0])]).toEqual([
      10,
      20,
      30,
      NaN,
    ]);
  });

  it("in single precision round the scores, then the sum", () => {
    const [one, other] = [0.1, 0.7];
    const sum = Math.fround(Math.fround(one) * 0.3 + Math.fround(other) * 0.7);
    expect([...weightedSum([[one], [other]], [0.3, 0.7], true)]).toEqual([sum]);
  });

  it("give the same again", () => {
    const given = new Map([["low", [0.2, 0.9]]]);
    const first = index.compute(given).nodes.get("top")!;
    index.compute(new Map([["low", [0.9, 0.2]]]));
    expect(index.compute(given).nodes.get("top")).toEqual(first);
  });
});

describe("what a change brings", () => {
  it("is told as areas that come into the worst share and go out of it", () => {
    const before = { rank: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0) };
    const after = { rank: Float64Array.of(3, 2, 1, 5, 4, 6, 7, 8, 9, 10, 0) };
    const fifth = { numerator: 2, denominator: 10 };
    const found = changes(before, after, 10, fifth, "ceil(10*rank/N)");
    expect([...found.enter]).toEqual([2]);
    expect([...found.leave]).toEqual([0]);
    const same = changes(before, before, 10, TENTH, "ceil(10*rank/N)");
    expect(same.enter.length + same.leave.length).toBe(0);
  });

  it("lists the most deprived first", () => {
    const before = { rank: Float64Array.of(1, 2, 3, 4) };
    const after = { rank: Float64Array.of(4, 3, 2, 1) };
    const half = { numerator: 1, denominator: 2 };
    const found = changes(before, after, 4, half, "floor(10*(rank-1)/N)+1");
    expect([...found.enter]).toEqual([3, 2]);
    expect([...found.leave]).toEqual([0, 1]);
  });
});
