import { describe, expect, it } from "vitest";
import type { NodeColumns, SiteNode } from "../src/data/site";
import { byChange, byDecile, byScore, hotSpots } from "../src/panels/painting";

const PALETTE = Array.from({ length: 11 }, (_, i) => `#0000${String(i).padStart(2, "0")}`);
const NODE = { measure: "score", high_value: null, n: 4, deciles: "ceil(10*rank/N)" } as SiteNode;

function columns(score: number[], rank: number[] = [], decile: number[] = []): NodeColumns {
  return {
    score: Float64Array.from(score),
    rank: Uint16Array.from(rank),
    decile: Uint8Array.from(decile),
  };
}

describe("colours", () => {
  it("by decile are the deciles, 0 where there is none", () => {
    const painting = byDecile(columns([], [1, 4, 0], [1, 10, 0]), PALETTE);
    expect([...painting.classes]).toEqual([1, 10, 0]);
    expect(painting.legend.map(({ label }) => label)).toHaveLength(10);
  });

  it("by score are ten equal steps from the highest, the most need", () => {
    const painting = byScore(columns([0, 5, 99, 100, Number.NaN]), NODE, PALETTE, String);
    expect([...painting.classes]).toEqual([10, 10, 1, 1, 0]);
    expect(painting.legend[0]).toEqual({ class: 1, label: "90" });
  });

  it("by value turn round where a low value is more need", () => {
    const node = { ...NODE, measure: "value", high_value: "less_need" } as SiteNode;
    expect([...byScore(columns([0, 100]), node, PALETTE, String).classes]).toEqual([1, 10]);
  });

  it("are not spoilt by a value that is far off", () => {
    const values = [...Array.from({ length: 999 }, (_, i) => i), 1e9];
    const { classes } = byScore(columns(values), NODE, PALETTE, String);
    expect(new Set(classes).size).toBe(10);
  });

  it("by movement count deciles, at most four either way", () => {
    const before = { decile: Uint8Array.of(5, 5, 5, 10, 0) };
    const painting = byChange(before, columns([], [], [5, 4, 6, 1, 3]), PALETTE);
    expect([...painting.classes]).toEqual([5, 4, 6, 1, 0]);
    expect(painting.legend.map(({ label }) => label)).toEqual([
      "≤−4",
      "−3",
      "−2",
      "−1",
      "0",
      "+1",
      "+2",
      "+3",
      "≥+4",
    ]);
  });

  it("of hot spots follow the rule of deciles", () => {
    const four = columns([], [1, 2, 3, 0]);
    const tenth = { ...NODE, n: 20 } as SiteNode;
    expect([...(hotSpots(four, tenth, 10) ?? [])]).toEqual([1, 1, 0, 0]);
    expect([...(hotSpots(four, tenth, 20) ?? [])]).toEqual([1, 1, 1, 0]);
    expect(hotSpots(four, tenth, 0)).toBeNull();
  });
});
