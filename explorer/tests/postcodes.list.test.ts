// Lists of postcodes: which column is meant, and what is added.

import { describe, expect, it } from "vitest";
import type { AreaList, SiteNode } from "../src/data/site";
import {
  addedColumns,
  listTable,
  postcodeColumn,
  readList,
  tallyOf,
  withAdded,
  type PostcodeList,
} from "../src/postcodes/list";
import type { FoundPostcode } from "../src/postcodes/table";

const LIVE: FoundPostcode = { postcode: "M1 1AA", status: "live", terminated: null, area: 1 };
const ENDED: FoundPostcode = {
  postcode: "M1 1AB",
  status: "terminated",
  terminated: "2024-06",
  area: 0,
};
const INVALID: FoundPostcode = { postcode: null, status: "invalid", terminated: null, area: -1 };

const AREAS: AreaList = {
  codes: ["E01", "E02"],
  names: ["North", null],
  names_cy: null,
  groups: {
    ltla24: { codes: ["E06", "E07"], names: ["One", "Two"], names_cy: null, of: [1, -1] },
  },
};

function list(headings: string[], ...rows: string[][]): PostcodeList {
  const read = readList({ headings, rows });
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

describe("the column of the postcodes", () => {
  it("is the one that holds them, whatever it is called", () => {
    const rows = [
      ["Ann", "m11aa"],
      ["Bob", "?"],
      ["Cy", " "],
    ];
    expect(postcodeColumn({ headings: ["postcode", "where"], rows })).toBe(1);
  });

  it("is the one that is called so, of several that differ", () => {
    const rows = [["M1 1AA", "M2 2AA"]];
    expect(postcodeColumn({ headings: ["practice", "Post Code"], rows })).toBe(1);
    expect(postcodeColumn({ headings: ["home", "practice"], rows })).toEqual({
      problem: "several",
      columns: [0, 1],
    });
    expect(postcodeColumn({ headings: ["pcd", "pcds"], rows })).toEqual({
      problem: "several",
      columns: [0, 1],
    });
  });

  it("is the first of several that say the same", () => {
    const rows = [
      ["m11aa", "M1 1AA"],
      ["", ""],
      ["m22aa", "M2  2AA"],
    ];
    expect(postcodeColumn({ headings: ["a", "b"], rows })).toBe(0);
  });

  it("is the one that is called so where none holds any", () => {
    const rows = [["x", "y"]];
    expect(postcodeColumn({ headings: ["a", "PCDS"], rows })).toBe(1);
    expect(postcodeColumn({ headings: ["a", "b"], rows })).toEqual({
      problem: "none",
      columns: [0, 1],
    });
  });

  it("may be without a heading where it is alone", () => {
    const read = list(["M1 1AA"], ["M2 2AA"]);
    expect(read).toMatchObject({ headings: ["postcode"], column: 0, firstRow: 1 });
    expect(read.rows).toEqual([["M1 1AA"], ["M2 2AA"]]);
    expect(readList({ headings: ["Ann", "M1 1AA"], rows: [["Bob", "M2 2AA"]] })).toMatchObject({
      problem: "headings",
    });
  });

  it("can be chosen", () => {
    const table = { headings: ["home", "work"], rows: [["M1 1AA", "M2 2AA"]] };
    expect(readList(table, 1)).toMatchObject({ column: 1 });
    const alike = { headings: ["postcode", "postcode"], rows: [["M1 1AA", "M2 2AA"]] };
    expect(readList(alike)).toEqual({ problem: "several", columns: [0, 1] });
    expect(readList(alike, 1)).toMatchObject({ column: 1 });
    expect(readList({ headings: ["postcode"], rows: [] })).toMatchObject({ problem: "empty" });
  });
});

describe("rows that were read", () => {
  it("keep the cells that stand beyond the headings", () => {
    const table = listTable([["postcode"], ["M1 1AA", "note"], ["M2 2AA"]]);
    expect(table).toEqual({ headings: ["postcode", ""], rows: [["M1 1AA", "note"], ["M2 2AA"]] });
    expect(listTable([])).toEqual({ headings: [], rows: [] });
  });
});

describe("what is added", () => {
  const node = { id: "need", measure: "score" } as SiteNode;
  const columns = {
    rank: new Uint16Array([2, 0]),
    decile: new Uint8Array([10, 0]),
    score: new Float64Array([1.5, NaN]),
  };
  const given = list(["id", "postcode"], ["7", "M1 1AB"], ["8", "m11aa"], ["9", "M1 1AB"], ["x"]);
  const found = [ENDED, LIVE, ENDED, INVALID];

  it("is a row per row of the list, in its order", () => {
    const added = addedColumns(found, AREAS, [{ node, columns }], given.headings);
    const { headings, rows } = withAdded(given, added);
    expect(headings).toEqual([
      ...["id", "postcode", "matched_postcode", "postcode_status", "postcode_terminated"],
      ...["area_code", "area_name", "ltla24_code", "ltla24_name"],
      ...["need_rank", "need_decile", "need_score"],
    ]);
    const ended = ["M1 1AB", "terminated", "2024-06", "E01", "North", "E07", "Two", 2, 10, 1.5];
    expect(rows).toEqual([
      ["7", "M1 1AB", ...ended],
      ["8", "m11aa", "M1 1AA", "live", null, "E02", ...Array<null>(6).fill(null)],
      ["9", "M1 1AB", ...ended],
      ["x", "", null, "invalid", ...Array<null>(8).fill(null)],
    ]);
  });

  it("does not take the headings that the list has", () => {
    const there = ["area_code", "area_code_2", "need_rank"];
    const { headings } = addedColumns([LIVE], AREAS, [{ node, columns }], there);
    expect(headings).toContain("area_code_3");
    expect(headings).toContain("need_rank_2");
    expect(new Set([...headings, ...there]).size).toBe(headings.length + there.length);
  });

  it("is counted by status, with the rows of the file", () => {
    const tally = tallyOf(given, found, 1);
    expect(tally.map(({ status, rows }) => [status, rows])).toEqual([
      ["live", 1],
      ["terminated", 2],
      ["elsewhere", 0],
      ["unknown", 0],
      ["invalid", 1],
    ]);
    expect(tally[1]!.examples).toEqual([{ raw: "M1 1AB", row: 2 }]);
    expect(tally[4]!.examples).toEqual([]); // the row is blank
  });
});
