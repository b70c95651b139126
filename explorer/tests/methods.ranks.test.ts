import { describe, expect, it } from "vitest";
import {
  averageRanks,
  deciles,
  exponentialTransform,
  fromHighest,
  mostDeprived,
  percentiles,
  rankFraction,
  tieRanks,
} from "../src/methods/ranks";

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe("the order of scores", () => {
  it("is that of a sort with a comparison, ties in the order of areas", () => {
    const random = seeded(1);
    for (let round = 0; round < 60; round++) {
      const scale = 10 ** Math.floor(random() * 30 - 15);
      const step = round % 3 === 0 ? 0 : 1 / (1 + Math.floor(random() * 9));
      const score = Float64Array.from({ length: Math.floor(random() * 400) }, () => {
        const value = (random() - 0.5) * 20;
        if (random() < 0.05) return NaN;
        return (step ? Math.round(value * step) / step : value) * scale;
      });
      const expected = [...score.keys()]
        .filter((area) => !Number.isNaN(score[area]))
        .sort((one, other) => score[other]! - score[one]! || one - other);
      expect([...fromHighest(score)]).toEqual(expected);
    }
  });

  it("takes -0 for 0 and knows the ends of the numbers", () => {
    const score = [0, -0, Infinity, -Infinity, 5e-324, -5e-324, Number.MAX_VALUE, NaN];
    expect([...fromHighest(score)]).toEqual([2, 6, 4, 0, 1, 5, 3]);
  });

  it("of nothing is nothing", () => {
    expect([...fromHighest([])]).toEqual([]);
    expect([...fromHighest([NaN, NaN])]).toEqual([]);
  });
});

describe("ranks", () => {
  it("keep the first and the last place of a tie", () => {
    const ranks = tieRanks([5, 7, 5, NaN, 1]);
    expect([...ranks.lowest]).toEqual([2, 1, 2, NaN, 4]);
    expect([...ranks.highest]).toEqual([3, 1, 3, NaN, 4]);
    expect([...averageRanks(ranks)]).toEqual([2.5, 1, 2.5, NaN, 4]);
    expect(ranks.number).toBe(4);
  });

  it("become fractions by either formula", () => {
    const ranks = Float64Array.of(1, 2, 4, NaN);
    expect([...rankFraction(ranks, 4, 4, "(N-rank+1)/N")]).toEqual([1, 0.75, 0.25, NaN]);
    expect([...rankFraction(ranks, 4, 5, "(N-rank+1)/N")]).toEqual([0.8, 0.6, 0.2, NaN]);
    expect([...rankFraction(ranks, 4, 4, "(N-rank)/N")]).toEqual([0.75, 0.5, 0, NaN]);
  });

  it("are stretched from 0 to exactly 100", () => {
    const stretched = exponentialTransform(Float64Array.of(0, 0.5, 1, NaN), 23);
    expect(stretched[0]).toBe(0);
    expect(Object.is(stretched[0], 0)).toBe(true);
    expect(stretched[1]).toBeCloseTo(15.6468, 4);
    expect(stretched[2]).toBe(100);
    expect(stretched[3]).toBeNaN();
    const exact = exponentialTransform(Float64Array.of(0.9), 50 / Math.log(9));
    expect(exact[0]).toBeCloseTo(50, 12);
    const single = exponentialTransform(Float64Array.of(Math.fround(1 / 3)), 23, true);
    expect(Math.fround(single[0]!)).toBe(single[0]);
  });
});

describe("groups of ranks", () => {
  it("follow the examples of the rules", () => {
    const rule = "floor(10*(rank-1)/N)+1";
    expect([...deciles([1, 3375, 3376, 33755, NaN], 33755, "ceil(10*rank/N)")]).toEqual([
      1,
      1,
      2,
      10,
      NaN,
    ]);
    expect([...deciles([1, 3376, 3377, 33755], 33755, rule)]).toEqual([1, 1, 2, 10]);
    expect([...percentiles([1, 337, 338, 33755], 33755, "ceil(100*rank/N)")]).toEqual([
      1, 1, 2, 100,
    ]);
    expect([...percentiles([20, 21, 180, 181, 199, 200], 1909, "near_equal")]).toEqual([
      1, 2, 9, 10, 10, 11,
    ]);
    expect(() => percentiles([1], 99, "near_equal")).toThrow(RangeError);
  });

  it("are exact for every half rank of many sizes", () => {
    for (const number of [1, 7, 10, 99, 100, 1909, 6791, 33755]) {
      const ranks = Array.from({ length: 2 * number - 1 }, (_, at) => 1 + at / 2);
      const up = deciles(ranks, number, "ceil(10*rank/N)");
      const down = deciles(ranks, number, "floor(10*(rank-1)/N)+1");
      ranks.forEach((rank, at) => {
        const twice = BigInt(2 * rank);
        const whole = BigInt(2 * number);
        const ceiling = (10n * twice + whole - 1n) / whole;
        const floor = (10n * (twice - 2n)) / whole + 1n;
        if (BigInt(up[at]!) !== ceiling || BigInt(down[at]!) !== floor) {
          expect.fail(`rank ${rank} of ${number}: ${up[at]} and ${down[at]}`);
        }
      });
    }
  });

  it("of the most deprived tenth are decile 1 under either rule", () => {
    const tenth = { numerator: 1, denominator: 10 };
    for (const rule of ["ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"] as const) {
      for (const number of [10, 11, 1909, 33755]) {
        const inside = mostDeprived(number, tenth, rule);
        const ranks = Array.from({ length: 2 * number - 1 }, (_, at) => 1 + at / 2);
        const first = deciles(ranks, number, rule);
        expect(ranks.map(inside)).toEqual([...first].map((decile) => decile === 1));
      }
    }
    const inside = mostDeprived(1909, tenth, "ceil(10*rank/N)");
    expect([190, 191, 192, NaN].map(inside)).toEqual([true, false, false, false]);
    const other = mostDeprived(1909, tenth, "floor(10*(rank-1)/N)+1");
    expect([190, 191, 192, NaN].map(other)).toEqual([true, true, false, false]);
  });

  it("refuse shares that are none", () => {
    for (const [numerator, denominator] of [
      [0, 10],
      [11, 10],
      [0.5, 10],
      [1, NaN],
    ]) {
      const share = { numerator: numerator!, denominator: denominator! };
      expect(() => mostDeprived(10, share, "ceil(10*rank/N)")).toThrow(RangeError);
    }
  });
});
