import { describe, expect, it } from "vitest";
import { NOWHERE, read, written, type Link } from "../src/state/link";

const EVERYTHING: Link = {
  view: "weights",
  node: "income",
  colouring: "score",
  hotSpots: 20,
  area: "E01000001",
  other: { kind: "group", group: "ltla24" },
  district: { group: "ltla24", code: "E09000001" },
  version: "v1",
  weights: { index: { income: 0.3, crime: 0 }, education: { skills: 1 } },
  mine: ["E01000001", "E01000002"],
  place: { longitude: -1.25, latitude: 52.5, zoom: 6.25 },
  language: "cy",
};

describe("links", () => {
  it("return to what was looked at", () => {
    expect(read(`#${written(EVERYTHING)}`)).toEqual(EVERYTHING);
    const withArea: Link = { ...EVERYTHING, other: { kind: "area", code: "W01000002" } };
    expect(read(written(withArea)).other).toEqual(withArea.other);
  });

  it("are empty where nothing was chosen", () => {
    expect(written(NOWHERE)).toBe("");
    expect(read("")).toEqual(NOWHERE);
  });

  it("stay readable", () => {
    const link = { ...NOWHERE, area: "E01", place: EVERYTHING.place };
    expect(written(link)).toBe("area=E01&at=6.25/52.50000/-1.25000");
  });

  it.each([
    "view=nonsense&by=1&worst=11&lang=fr",
    "weights=x&weights=a(b)&at=1/2&district=a",
    "at=1e9/0/0",
    "at=5/99/0",
    "%%%=&&&",
    "mine=,,,",
  ])("leave out what makes no sense: %s", (hash) => {
    const { weights, ...rest } = read(hash);
    const { weights: none, ...nowhere } = NOWHERE;
    expect(rest).toEqual(nowhere);
    expect(none).toEqual({});
    expect(Object.values(weights).flatMap((one) => Object.values(one))).toEqual([]);
  });

  it("refuse weights that are no numbers or negative", () => {
    const found = read("weights=index(a:-1,b:x,c:Infinity,d:,e:0.5)").weights;
    expect(found).toEqual({ index: { e: 0.5 } });
  });
});
