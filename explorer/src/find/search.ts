// What a search box suggests: larger areas, places, areas and postcodes.
//
// A name fits a query, both in the form of `normal`, in one of these ways, the best first:
//
// 1. it is the query (or the code of the area is);
// 2. it begins with the query (or the code does, of two characters or more);
// 3. one of its words begins with the query, which may be several words long;
// 4. each word of the query is the beginning of one of its words;
// 5. the query is somewhere in it;
// 6. only where nothing fits so, and the query has four characters or more: the name, or what begins
//    with one of its words, is the query but for one typing error (a character too many, too few,
//    wrong, or two that changed places); one that ends there before one that goes on.
//
// Of names that fit equally well, larger areas come before places and places before areas; then
// names in their order, with numbers by size; then the order of the site. An area of which both
// its English and its Welsh name fit is suggested once, at the better place. A whole postcode stands
// before all else, the beginning of one behind what is called so exactly.

import type { AreaList, Places } from "../data/site";
import { compareNames, LONGEST, normal, normalLines } from "./normal";
import { postcodeQuery } from "./postcode";

/** What can be chosen. */
export type Suggestion =
  | { kind: "area"; area: number; name: string; code: string }
  | { kind: "group"; group: string; place: number; name: string; code: string }
  | { kind: "place"; place: number; name: string }
  | { kind: "postcode"; postcode: string; complete: boolean };

/** What is searched, and how many areas of each kind there are. */
export interface Searched {
  areas: AreaList;
  /** The ids of the larger areas, in the order in which they are suggested. */
  groups: readonly string[];
  places: Places | null;
}

export const MOST = 8;

const EXACT = 1;
const BEGINS = 2;
const WORD = 3;
const WORDS = 4;
const WITHIN = 5;
const ERROR_WHOLE = 6;
const ERROR_BEGINS = 7;

/** An item that fits, and how. */
interface Fit {
  item: number;
  how: number;
  kind: number;
  name: string;
}

/** Names or codes in one text, each between line ends, and the item that each is of. */
class Lines {
  readonly text: string;
  readonly starts: Uint32Array;

  constructor(
    lines: string,
    readonly items: Uint32Array,
  ) {
    this.text = `\n${lines}\n`;
    this.starts = new Uint32Array(items.length + 1);
    for (let line = 0, at = 0; line <= items.length; line++) {
      this.starts[line] = at + 1;
      at = this.text.indexOf("\n", at + 1);
    }
  }

  /** Return the number of the line that a place in the text is in. */
  lineAt(place: number): number {
    let [low, high] = [0, this.items.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! <= place) low = middle;
      else high = middle;
    }
    return low;
  }

  line(line: number): string {
    return this.text.slice(this.starts[line], this.starts[line + 1]! - 1);
  }

  /** Call with every line in which a text is found; the line may begin with its last line end. */
  each(wanted: string, found: (line: number, place: number) => void): void {
    if (this.items.length === 0) return;
    for (let at = this.text.indexOf(wanted); at >= 0;) {
      const line = this.lineAt(wanted.startsWith("\n") ? at + 1 : at);
      found(line, at);
      at = this.text.indexOf(wanted, this.starts[line + 1]! - 1);
    }
  }
}

/** The best so many of what fits. */
class Best {
  readonly #fits: Fit[] = [];
  readonly #held = new Map<number, Fit>();

  constructor(readonly most: number) {}

  get full(): boolean {
    return this.#fits.length >= this.most;
  }

  get fits(): readonly Fit[] {
    return this.#fits;
  }

  /** Take what fits, unless there is better; each item once. */
  add(fit: Fit): void {
    const held = this.#held.get(fit.item);
    if (held) {
      if (compareFits(held, fit) <= 0) return;
      this.#fits.splice(this.#fits.indexOf(held), 1);
    } else if (this.full) {
      const last = this.#fits[this.#fits.length - 1]!;
      if (compareFits(last, fit) <= 0) return;
      this.#held.delete(last.item);
      this.#fits.pop();
    }
    const at = this.#fits.findIndex((other) => compareFits(fit, other) < 0);
    this.#fits.splice(at < 0 ? this.#fits.length : at, 0, fit);
    this.#held.set(fit.item, fit);
  }
}

function compareFits(one: Fit, other: Fit): number {
  return (
    one.how - other.how ||
    one.kind - other.kind ||
    compareNames(one.name, other.name) ||
    one.item - other.item
  );
}

/** The names of a site, made ready once to be searched at every key stroke. */
export class SearchIndex {
  readonly #names: Lines;
  readonly #codes: Lines;
  readonly #ends: number[] = []; // of each kind of items, the number behind its last one

  constructor(readonly searched: Searched) {
    const lists = this.#lists();
    const names: string[] = [];
    const codes: string[] = [];
    const ofName: number[] = [];
    const ofCode: number[] = [];
    let item = 0;
    for (const { named, coded } of lists) {
      named.forEach((list) =>
        list.forEach((name, at) => {
          if (name === null || name === "") return;
          names.push(name);
          ofName.push(item + at);
        }),
      );
      coded.forEach((code, at) => {
        codes.push(code);
        ofCode.push(item + at);
      });
      item += Math.max(coded.length, named[0]?.length ?? 0);
      this.#ends.push(item);
    }
    this.#names = new Lines(normalLines(names), Uint32Array.from(ofName));
    this.#codes = new Lines(normalLines(codes), Uint32Array.from(ofCode));
  }

  /** Suggest what a query may mean, the best first. */
  suggest(query: string, most = MOST): Suggestion[] {
    const wanted = normal(query);
    if (wanted === "") return [];
    const best = new Best(most);
    this.#exactly(wanted, best);
    this.#beginning(wanted, best);
    if (!best.full) this.#words(wanted, best);
    if (!best.full) this.#within(wanted, best);
    const postcode = postcodeQuery(query.slice(0, LONGEST));
    if (best.fits.length === 0 && !postcode) this.#withError(wanted, best);
    const found = best.fits.map((fit) => this.#suggestion(fit.item));
    if (postcode) {
      const before = postcode.complete ? 0 : best.fits.filter(({ how }) => how === EXACT).length;
      const { text, complete } = postcode;
      found.splice(before, 0, { kind: "postcode", postcode: text, complete });
    }
    return found.slice(0, most);
  }

  #lists(): { named: (string | null)[][]; coded: string[] }[] {
    const { areas, groups, places } = this.searched;
    const of = (list: { names: (string | null)[]; names_cy: (string | null)[] | null }) =>
      list.names_cy ? [list.names, list.names_cy] : [list.names];
    return [
      ...groups.map((id) => ({ named: of(areas.groups[id]!), coded: areas.groups[id]!.codes })),
      { named: places ? [places.names] : [], coded: [] },
      { named: of(areas), coded: areas.codes },
    ];
  }

  #suggestion(item: number): Suggestion {
    const { areas, groups, places } = this.searched;
    const kind = this.#kind(item);
    const at = item - (this.#ends[kind - 1] ?? 0);
    if (kind < groups.length) {
      const group = groups[kind]!;
      const { names, codes } = areas.groups[group]!;
      return { kind: "group", group, place: at, name: names[at] ?? codes[at]!, code: codes[at]! };
    }
    if (kind === groups.length) return { kind: "place", place: at, name: places!.names[at]! };
    return {
      kind: "area",
      area: at,
      name: areas.names[at] ?? areas.codes[at]!,
      code: areas.codes[at]!,
    };
  }

  #kind(item: number): number {
    return this.#ends.findIndex((end) => item < end);
  }

  #add(best: Best, lines: Lines, line: number, how: number): void {
    const item = lines.items[line]!;
    best.add({ item, how, kind: this.#kind(item), name: lines.line(line) });
  }

  #exactly(wanted: string, best: Best): void {
    for (const lines of [this.#names, this.#codes]) {
      lines.each(`\n${wanted}\n`, (line) => this.#add(best, lines, line, EXACT));
    }
  }

  #beginning(wanted: string, best: Best): void {
    this.#names.each(`\n${wanted}`, (line) => this.#add(best, this.#names, line, BEGINS));
    if (wanted.length > 1) {
      this.#codes.each(`\n${wanted}`, (line) => this.#add(best, this.#codes, line, BEGINS));
    }
    if (best.full) return;
    this.#names.each(` ${wanted}`, (line) => this.#add(best, this.#names, line, WORD));
  }

  #words(wanted: string, best: Best): void {
    const words = [...new Set(wanted.split(" "))];
    if (words.length < 2) return;
    const longest = words.reduce((one, other) => (other.length > one.length ? other : one));
    this.#names.each(longest, (line) => {
      const name = ` ${this.#names.line(line)}`;
      if (words.every((word) => name.includes(` ${word}`))) {
        this.#add(best, this.#names, line, WORDS);
      }
    });
  }

  #within(wanted: string, best: Best): void {
    this.#names.each(wanted, (line) => this.#add(best, this.#names, line, WITHIN));
  }

  /** One error is in one half of the query or the other: the other half is there as it is. */
  #withError(wanted: string, best: Best): void {
    if (wanted.length < 4) return;
    const middle = wanted.length >> 1;
    const add = (line: number) => {
      const how = errorIn(this.#names.line(line), wanted);
      if (how) this.#add(best, this.#names, line, how);
    };
    this.#names.each(wanted.slice(0, middle), add);
    this.#names.each(wanted.slice(middle), add);
    const [before, last, first, after] = [
      wanted.slice(0, middle - 1),
      wanted.charAt(middle - 1),
      wanted.charAt(middle),
      wanted.slice(middle + 1),
    ];
    this.#names.each(before + first + last + after, add); // or it is two that stand across the middle
  }
}

/** Tell how a name fits but for one error, from the beginning of one of its words; 0: it does not. */
function errorIn(name: string, wanted: string): number {
  let best = 0;
  for (let begin = 0; begin >= 0 && begin < name.length;) {
    const end = endWithError(name, begin, wanted);
    if (end !== null) {
      const whole = begin === 0 && end === name.length;
      if (whole) return ERROR_WHOLE;
      best = ERROR_BEGINS;
    }
    const space = name.indexOf(" ", begin);
    begin = space < 0 ? -1 : space + 1;
  }
  return best;
}

/** Return where a query with one error ends in a name; null where it is not there. */
function endWithError(name: string, begin: number, wanted: string): number | null {
  let same = 0;
  while (same < wanted.length && name[begin + same] === wanted[same]) same++;
  const at = begin + same;
  const ends: number[] = [];
  const rest = (from: number, skipped: number) => {
    if (name.startsWith(wanted.slice(same + skipped), from)) {
      ends.push(from + wanted.length - same - skipped);
    }
  };
  if (same === wanted.length) return at;
  if (at < name.length) rest(at + 1, 1); // a wrong character
  rest(at, 1); // one too many
  if (at < name.length) rest(at + 1, 0); // one too few
  if (at + 1 < name.length && name[at] === wanted[same + 1] && name[at + 1] === wanted[same]) {
    rest(at + 2, 2); // two that changed places
  }
  return ends.length === 0 ? null : Math.max(...ends);
}
