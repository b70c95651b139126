// Which area a postcode is in. Nothing that is asked leaves the browser: only files are fetched,
// each of all the postcodes that begin with the same letters.

import type { SiteFiles, SitePostcodes } from "../data/site";
import { begun, cleanPostcode } from "./clean";
import {
  INWARD,
  inwardNumber,
  inwardOf,
  IN_USE,
  NOWHERE,
  positionOf,
  readPostcodeArea,
  type PostcodeArea,
} from "./file";

/**
 * What can be known of a postcode: in use, in an area of the index; no longer in use; in use, in no
 * area of the index; not in the directory; not written as a postcode is.
 */
export const STATUSES = ["live", "terminated", "elsewhere", "unknown", "invalid"] as const;
export type PostcodeStatus = (typeof STATUSES)[number];

/** What is known of one postcode. */
export interface FoundPostcode {
  /** As it is written; null for what is none. */
  postcode: string | null;
  status: PostcodeStatus;
  /** The month in which it ended, such as 2024-06; null where it did not or that is not known. */
  terminated: string | null;
  /** The place of its area, or -1. */
  area: number;
}

/** How far a long list is: how many are done, and of how many. */
export type Progress = (done: number, of: number) => void;

const PART = 10_000;
const LETTERED = /^[A-Z]+/;

/** The postcodes of a site; files are fetched when they are needed. */
export class PostcodeTable {
  readonly #files: Pick<SiteFiles, "arrays">;
  readonly #about: SitePostcodes;
  readonly #held = new Map<string, Promise<PostcodeArea>>();

  constructor(files: Pick<SiteFiles, "arrays">, about: SitePostcodes) {
    this.#files = files;
    this.#about = about;
  }

  /** Find one postcode, in any spelling. */
  async find(raw: string): Promise<FoundPostcode> {
    const postcode = cleanPostcode(raw);
    if (postcode === null) return INVALID;
    const letters = lettersOf(postcode);
    return found(postcode, letters, this.#has(letters) ? await this.#area(letters) : undefined);
  }

  /** Find many postcodes, in any spelling and in their order; the page stays responsive. */
  async findAll(raw: readonly string[], onProgress?: Progress): Promise<FoundPostcode[]> {
    const clean: (string | null)[] = [];
    const wanted = new Set<string>();
    for (let i = 0; i < raw.length; i++) {
      if (i % PART === PART - 1) await nextTask();
      const postcode = cleanPostcode(raw[i]!);
      clean.push(postcode);
      if (postcode !== null) wanted.add(lettersOf(postcode));
    }
    const areas = await this.#areas([...wanted].filter((letters) => this.#has(letters)));
    const all: FoundPostcode[] = [];
    for (const postcode of clean) {
      if (all.length % PART === PART - 1) {
        onProgress?.(all.length, raw.length);
        await nextTask();
      }
      const letters = postcode === null ? "" : lettersOf(postcode);
      all.push(postcode === null ? INVALID : found(postcode, letters, areas.get(letters)));
    }
    onProgress?.(raw.length, raw.length);
    return all;
  }

  /** Return the first postcodes in use that begin as was typed; none without a digit. */
  async suggest(typed: string, most: number): Promise<FoundPostcode[]> {
    const text = cleanPostcode(typed) ?? begun(typed);
    const letters = lettersOf(text ?? "");
    if (text === null || !this.#has(letters)) return [];
    const area = await this.#area(letters);
    const suggested: FoundPostcode[] = [];
    for (const [outward, first, end] of rangesOf(area, letters, text.slice(letters.length))) {
      let at = positionOf(area.numbers, first);
      for (; suggested.length < most && area.numbers[at]! < end; at++) {
        if (area.months[at] !== IN_USE) continue;
        suggested.push(foundAt(`${outward} ${inwardOf(area.numbers[at]!)}`, area, at));
      }
    }
    return suggested;
  }

  #has(letters: string): boolean {
    return Object.hasOwn(this.#about.areas, letters);
  }

  async #areas(wanted: string[]): Promise<Map<string, PostcodeArea>> {
    const read = wanted.map(async (one) => [one, await this.#area(one)] as const);
    return new Map(await Promise.all(read));
  }

  #area(letters: string): Promise<PostcodeArea> {
    const held = this.#held.get(letters);
    if (held) return held;
    const read = this.#files
      .arrays(`${this.#about.path}${letters}.bin.gz`)
      .then((file) => readPostcodeArea(file));
    this.#held.set(letters, read);
    read.catch(() => this.#held.delete(letters)); // so that it can be asked for again
    return read;
  }
}

const INVALID: FoundPostcode = Object.freeze({
  postcode: null,
  status: "invalid",
  terminated: null,
  area: NOWHERE,
});

function lettersOf(postcode: string): string {
  return LETTERED.exec(postcode)?.[0] ?? "";
}

/** Return what a file says of a postcode; without the file, that it is unknown. */
function found(postcode: string, letters: string, area: PostcodeArea | undefined): FoundPostcode {
  const start = area?.districts.get(postcode.slice(letters.length, -4));
  if (area && start !== undefined) {
    const number = start + inwardNumber(postcode.slice(-3));
    const at = positionOf(area.numbers, number);
    if (area.numbers[at] === number) return foundAt(postcode, area, at);
  }
  return { postcode, status: "unknown", terminated: null, area: NOWHERE };
}

function foundAt(postcode: string, held: PostcodeArea, at: number): FoundPostcode {
  const month = held.months[at]!;
  const area = held.places[at]!;
  if (month !== IN_USE) {
    return { postcode, status: "terminated", terminated: monthText(month), area };
  }
  return { postcode, status: area === NOWHERE ? "elsewhere" : "live", terminated: null, area };
}

function monthText(month: number): string | null {
  if (month === 0) return null;
  const year = String(Math.floor(month / 12)).padStart(4, "0");
  return `${year}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/**
 * Return the districts that a beginning leads to, the one that it is first, each with the numbers
 * that it leads to there: from the first up to but not with the second.
 */
function rangesOf(area: PostcodeArea, letters: string, text: string): [string, number, number][] {
  const [outward = "", inward] = text.split(" ");
  const ranges: [string, number, number][] = [];
  for (const [district, start] of area.districts) {
    const rest = outward.slice(district.length) + (inward ?? "");
    if (inward !== undefined ? outward === district : outward.startsWith(district)) {
      if (!/^(?:[0-9][A-Z]{0,2})?$/.test(rest)) continue;
      const size = INWARD / [1, 10, 200, 4000][rest.length]!;
      const first = start + (rest === "" ? 0 : inwardNumber(rest));
      ranges.push([letters + district, first, first + size]);
    } else if (inward === undefined && district.startsWith(outward)) {
      ranges.push([letters + district, start, start + INWARD]);
    }
  }
  const begins = (one: string): number => (one === letters + outward ? 0 : 1);
  return ranges.sort((one, other) => begins(one[0]) - begins(other[0]));
}

/** Let the browser draw and answer before work goes on. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
