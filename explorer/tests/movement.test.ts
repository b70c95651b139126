import { describe, expect, it } from "vitest";
import { movement } from "../src/methods/movement";

// Six areas: two stay, one goes from decile 3 to 1, one from 1 to 2, one without a decile before,
// one without one now.
const BEFORE = {
  rank: Uint16Array.of(1, 9, 30, 8, 0, 70),
  decile: Uint8Array.of(1, 1, 3, 1, 0, 7),
};
const NOW = { rank: Uint16Array.of(2, 15, 1, 3, 50, 0), decile: Uint8Array.of(1, 2, 1, 1, 5, 0) };

describe("movement between deciles", () => {
  const moved = movement(BEFORE, NOW);

  it("counts areas by the decile before and now", () => {
    const cells = [...moved.matrix.entries()].filter(([, count]) => count > 0);
    expect(cells).toEqual([
      [0, 2], // 1 to 1
      [1, 1], // 1 to 2
      [20, 1], // 3 to 1
    ]);
  });

  it("tells who moved which way, and leaves out who has no decile in one of them", () => {
    expect(moved).toMatchObject({ rose: 1, fell: 1, stayed: 2, most_up: [2], most_down: [1] });
  });

  it("puts the longest way first, then the most places", () => {
    const before = { rank: Uint16Array.of(50, 52, 90), decile: Uint8Array.of(5, 5, 9) };
    const now = { rank: Uint16Array.of(31, 30, 20), decile: Uint8Array.of(4, 4, 2) };
    expect(movement(before, now).most_up).toEqual([2, 1, 0]);
  });
});
