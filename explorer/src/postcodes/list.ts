// A list of postcodes that a user gives: which column holds them, and what is added to it. The rules
// are those of `hyperlocal lookup`, so that both leave the same table.

import type { AreaList, NodeColumns, SiteNode } from "../data/site";
import { cleanPostcode, isBlank } from "./clean";
import { STATUSES, type FoundPostcode, type PostcodeStatus } from "./table";

/** What columns of postcodes are called, in small letters and without what parts words. */
export const HEADINGS = ["pcds", "pcd", "pcd7", "pcd8", "pcd2", "postcode", "postcodes"];

/** A table as its owner wrote it; a row may be short. */
export interface ListTable {
  headings: string[];
  rows: string[][];
}

/** A list whose column of postcodes is known. */
export interface PostcodeList extends ListTable {
  /** The place of that column. */
  column: number;
  /** The row of the file that holds the first of `rows`, counted from 1. */
  firstRow: number;
}

/**
 * Why a list cannot be used: no column holds postcodes; several do; the first row of several columns
 * holds a postcode, so that there are no headings; there is nothing below the headings.
 */
export interface ListProblem {
  problem: "none" | "several" | "headings" | "empty";
  /** The columns that can be meant, or else all, by their places. */
  columns: number[];
}

/** How many rows there are of a status, with the first of them. */
export interface StatusCount {
  status: PostcodeStatus;
  rows: number;
  examples: { raw: string; row: number }[];
}

/** A node whose rank, decile and score are given. */
export interface Ranked {
  node: SiteNode;
  columns: NodeColumns;
}

/** What is added to a list: headings, and a column of cells for each. */
export interface Added {
  headings: string[];
  columns: Cell[][];
}

export type Cell = string | number | null;

const SAME = 0.5;

/** Part the rows that were read of a file into headings and the rest; no cell is lost. */
export function listTable(rows: readonly string[][]): ListTable {
  const [first = [], ...rest] = rows;
  const widest = rest.reduce((most, row) => Math.max(most, row.length), first.length);
  return { headings: [...first, ...Array<string>(widest - first.length).fill("")], rows: rest };
}

/** Find the column of the postcodes, or say why that is not clear. */
export function readList(table: ListTable, chosen?: number): PostcodeList | ListProblem {
  const { headings, rows } = table;
  const columns = headings.map((_, column) => column);
  if (headings.some((heading) => cleanPostcode(heading) !== null)) {
    if (headings.length > 1) return { problem: "headings", columns };
    return { headings: ["postcode"], rows: [headings, ...rows], column: 0, firstRow: 1 };
  }
  if (rows.length === 0) return { problem: "empty", columns };
  const column = chosen ?? postcodeColumn(table);
  if (typeof column !== "number") return column;
  return { ...table, column, firstRow: 2 };
}

/**
 * Return the place of the column that has postcodes in half of its filled cells; of several that
 * differ, or without any, the one whose heading says so.
 */
export function postcodeColumn({ headings, rows }: ListTable): number | ListProblem {
  const found = new Map<number, string>();
  headings.forEach((_, column) => {
    const filled = rows.map((row) => row[column] ?? "").filter((cell) => !isBlank(cell));
    const clean = filled.map(cleanPostcode);
    const valid = clean.filter((postcode) => postcode !== null).length;
    if (filled.length > 0 && valid >= SAME * filled.length) found.set(column, clean.join("\n"));
  });
  const looked = found.size > 0 ? [...found.keys()] : headings.map((_, column) => column);
  const said = looked.filter((column) => HEADINGS.includes(plain(headings[column]!)));
  if (new Set(found.values()).size === 1) return looked[0]!;
  if (said.length === 1) return said[0]!;
  const several = found.size > 0 ? looked : said;
  if (several.length === 0)
    return { problem: "none", columns: headings.map((_, column) => column) };
  return { problem: "several", columns: several };
}

/** Return the cells of the postcodes of a list, as they were written. */
export function postcodesOf(list: PostcodeList): string[] {
  return list.rows.map((row) => row[list.column] ?? "");
}

/** Count the rows of each status, with the first that hold anything. */
export function tallyOf(
  list: PostcodeList,
  found: readonly FoundPostcode[],
  most = 3,
): StatusCount[] {
  const raw = postcodesOf(list);
  const counts = new Map<PostcodeStatus, StatusCount>();
  for (const status of STATUSES) counts.set(status, { status, rows: 0, examples: [] });
  found.forEach((one, i) => {
    const count = counts.get(one.status)!;
    count.rows++;
    if (count.examples.length < most && !isBlank(raw[i]!)) {
      count.examples.push({ raw: raw[i]!, row: i + list.firstRow });
    }
  });
  return [...counts.values()];
}

/**
 * Return what is added to a list of postcodes: as `hyperlocal lookup --columns all` does.
 *
 * `there` are the headings that the list has already; one of ours that is among them gets a number.
 */
export function addedColumns(
  found: readonly FoundPostcode[],
  areas: AreaList,
  ranked: readonly Ranked[],
  there: readonly string[] = [],
): Added {
  const headings = ["matched_postcode", "postcode_status", "postcode_terminated"];
  const columns: Cell[][] = [
    found.map((one) => one.postcode),
    found.map((one) => one.status),
    found.map((one) => one.terminated),
  ];
  const add = (heading: string, ofArea: (area: number) => Cell): void => {
    headings.push(heading);
    columns.push(found.map(({ area }) => (area < 0 ? null : ofArea(area))));
  };
  add("area_code", (area) => areas.codes[area]!);
  add("area_name", (area) => areas.names[area]!);
  for (const [id, group] of Object.entries(areas.groups)) {
    const of = (list: Cell[]) => (area: number) => list[group.of[area]!] ?? null;
    add(`${id}_code`, of(group.codes));
    add(`${id}_name`, of(group.names));
  }
  for (const { node, columns: own } of ranked) {
    add(`${node.id}_rank`, (area) => own.rank[area]! || null);
    add(`${node.id}_decile`, (area) => own.decile[area]! || null);
    add(`${node.id}_${node.measure ?? "score"}`, (area) => number(own.score[area]!));
  }
  return { headings: numbered(headings, there), columns };
}

/** Return the headings and the rows of a list with what is added to it. */
export function withAdded(
  list: PostcodeList,
  added: Added,
): { headings: string[]; rows: Cell[][] } {
  const width = list.headings.length;
  const rows = list.rows.map((row, i) => [
    ...Array.from({ length: width }, (_, column) => row[column] ?? ""),
    ...added.columns.map((column) => column[i]!),
  ]);
  return { headings: [...list.headings, ...added.headings], rows };
}

function number(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function plain(heading: string): string {
  return heading.toLowerCase().replace(/[\p{White_Space}_-]+/gu, "");
}

/** Give headings that the list has already a number: `area_code_2`. */
function numbered(added: readonly string[], there: readonly string[]): string[] {
  const taken = new Set([...there, ...added]);
  return added.map((name) => {
    if (!there.includes(name)) return name;
    let at = 2;
    while (taken.has(`${name}_${at}`)) at++;
    taken.add(`${name}_${at}`);
    return `${name}_${at}`;
  });
}
