import { describe, expect, it } from "vitest";
import { coverage, onPicture, type Taken } from "../src/map/place_picture";

// A view of 100 by 50 pixels, one pixel a step; a picture of it with a margin of 20 and 10 pixels.
const VIEW: Taken = { x: 1000, y: 2000, scale: 1, width: 100, height: 50 };
const TAKEN: Taken = { ...VIEW, width: 140, height: 70 };

/** Where a place of the ground lies on a view or picture, from its lower left corner. */
function pixel({ x, y, scale, width, height }: Taken, east: number, south: number): number[] {
  return [width / 2 + (east - x) * scale, height / 2 - (south - y) * scale];
}

describe("a picture of places", () => {
  it.each([
    ["the view that it was taken of", VIEW],
    ["a view that was moved", { ...VIEW, x: 1007, y: 1995 }],
    ["a closer view", { ...VIEW, x: 1003, y: 2004, scale: 1.6 }],
    ["a wider view", { ...VIEW, scale: 0.75 }],
  ])("has every place of %s where it belongs", (_, view) => {
    const { scale, x, y } = onPicture(TAKEN, view);
    const [right = 0, up = 0] = pixel(view, 1011, 1990);
    const [wantedRight = 0, wantedUp = 0] = pixel(TAKEN, 1011, 1990);
    expect(right * scale + x).toBeCloseTo(wantedRight, 9);
    expect(up * scale + y).toBeCloseTo(wantedUp, 9);
  });

  it("moves by whole pixels, so that nothing flickers", () => {
    const { x, y } = onPicture(TAKEN, { ...VIEW, x: 1000.4, y: 2000.7 });
    expect([x, y].every(Number.isInteger)).toBe(true);
  });

  it("covers views within its margin", () => {
    expect(coverage(TAKEN, VIEW)).toBe(1);
    expect(coverage(TAKEN, { ...VIEW, x: 1020, y: 1990 })).toBe(1);
    expect(coverage(TAKEN, { ...VIEW, x: 1045 })).toBeCloseTo(0.75, 9);
    expect(coverage(TAKEN, { ...VIEW, x: 3000 })).toBe(0);
    expect(coverage(TAKEN, { ...VIEW, scale: 0.5 })).toBeCloseTo((140 * 70) / (200 * 100), 9);
  });
});
