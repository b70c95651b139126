import { beforeAll, describe, expect, it } from "vitest";
import type { AreaList, Places } from "../src/data/site";
import { compareNames, LONGEST, normal, normalLines } from "../src/find/normal";
import { postcodeQuery } from "../src/find/postcode";
import { MOST, SearchIndex, type Suggestion } from "../src/find/search";

const areas: AreaList = {
  codes: [
    "W01000240",
    "W01000241",
    "W01000250",
    "E01000001",
    "E01000002",
    "E01000003",
    "E01000004",
    "W01000003",
  ],
  names: [
    "Rhyl West 10",
    "Rhyl West 2",
    "Rhyl South West 1",
    "Leeds 111B",
    "Leeds 002A",
    "St. Albans 003C",
    null,
    "Anglesey 1",
  ],
  names_cy: [
    "Gorllewin y Rhyl 10",
    "Gorllewin y Rhyl 2",
    null,
    null,
    null,
    null,
    null,
    "Ynys Môn 1",
  ],
  groups: {
    district: {
      codes: ["W06000004", "E08000035", "E06000023", "W06000001"],
      names: ["Denbighshire", "Leeds", "Bristol, City of", "Isle of Anglesey"],
      names_cy: ["Sir Ddinbych", null, null, "Ynys Môn"],
      of: [0, 0, 0, 1, 1, -1, -1, 3],
    },
    region: {
      codes: ["E12000003"],
      names: ["Yorkshire and The Humber"],
      names_cy: null,
      of: [-1, -1, -1, 0, 0, -1, -1, -1],
    },
  },
};

const places: Places = {
  names: [
    "Rhyl",
    "Leeds",
    "Saint Asaph",
    "King's Lynn",
    "Newport Pagnell",
    "Newport",
    "Stoke-on-Trent",
    "Tŷ-nant",
    "Llŷn",
    "Manchester",
    "Castle Donington",
    "Old Leeds Mill",
  ],
  longitude: [],
  latitude: [],
  kinds: null,
};

const index = new SearchIndex({ areas, groups: ["region", "district"], places });

function said(suggestion: Suggestion): string {
  if (suggestion.kind === "postcode") return `postcode ${suggestion.postcode}`;
  if (suggestion.kind === "group") return `${suggestion.group} ${suggestion.name}`;
  return `${suggestion.kind} ${suggestion.name}`;
}

const find = (query: string, most?: number) => index.suggest(query, most).map(said);

describe("the common form of names", () => {
  it.each([
    ["Ynys Môn", "ynys mon"],
    ["Tŷ-nant", "ty nant"],
    ["St. Albans", "st albans"],
    ["SAINT ALBANS", "st albans"],
    ["King’s  Lynn", "kings lynn"],
    ["Tyne & Wear", "tyne and wear"],
    ["Bristol, City of", "bristol city of"],
    ["  (Leeds)  ", "leeds"],
    ["Saintfield", "saintfield"],
    ["a\r\n\tb\u0000c\u2028d", "a b c d"],
    ["!!!", ""],
  ])("of %j is %j", (given, expected) => {
    expect(normal(given)).toBe(expected);
  });

  it("of many at once is that of each", () => {
    const names = ["Ynys Môn", "", " - ", "Saint & Co.", "two\nlines", "St. Ives"];
    expect(normalLines(names).split("\n")).toEqual(names.map(normal));
  });

  it("puts numbers in their order", () => {
    const names = ["leeds 10a", "leeds 9b", "leeds 9a", "leeds", "leeds 010b", "rhyl", "leeds 100"];
    expect(names.sort(compareNames)).toEqual([
      "leeds",
      "leeds 9a",
      "leeds 9b",
      "leeds 010b",
      "leeds 10a",
      "leeds 100",
      "rhyl",
    ]);
  });
});

describe("suggestions", () => {
  it("put larger areas before places before areas", () => {
    expect(find("leeds")).toEqual([
      "district Leeds",
      "place Leeds",
      "area Leeds 002A",
      "area Leeds 111B",
      "place Old Leeds Mill",
    ]);
  });

  it("put places before areas whose names come first in the alphabet", () => {
    expect(find("l", 7)).toEqual([
      "district Leeds",
      "place Leeds",
      "place Llŷn",
      "area Leeds 002A",
      "area Leeds 111B",
      "place King's Lynn",
      "place Old Leeds Mill",
    ]);
  });

  it("put an exact name before longer ones, and these before a word inside", () => {
    expect(find("newport")).toEqual(["place Newport", "place Newport Pagnell"]);
    expect(find("rhyl")).toEqual([
      "place Rhyl",
      "area Rhyl South West 1",
      "area Rhyl West 2",
      "area Rhyl West 10",
    ]);
    expect(find("west")).toEqual([
      "area Rhyl South West 1",
      "area Rhyl West 2",
      "area Rhyl West 10",
    ]);
  });

  it("find all words in any order", () => {
    expect(find("west rhyl 2")).toEqual(["area Rhyl West 2"]);
    expect(find("city bristol")).toEqual(["district Bristol, City of"]);
    expect(find("trent stoke")).toEqual(["place Stoke-on-Trent"]);
    expect(find("humber yorks")).toEqual(["region Yorkshire and The Humber"]);
  });

  it("find a piece of a name where no word begins so", () => {
    expect(find("ington")).toEqual(["place Castle Donington"]);
    expect(find("bighsh")).toEqual(["district Denbighshire"]);
  });

  it.each([
    ["manchster", "a character too few"],
    ["manchestter", "one too many"],
    ["nanchester", "the first wrong"],
    ["manchesteq", "the last wrong"],
    ["macnhester", "two changed places"],
    ["mancehster", "two across the middle"],
    ["manhcest", "two, and not yet whole"],
  ])("forgive one typing error: %s, %s", (query) => {
    expect(find(query)).toEqual(["place Manchester"]);
  });

  it("forgive an error inside a name too, and no second one", () => {
    expect(find("donnington")).toEqual(["place Castle Donington"]);
    expect(find("mancstre")).toEqual([]);
    expect(find("rhil")).toEqual([
      "place Rhyl", // the whole name stands before those that go on
      "area Rhyl West 2",
      "area Rhyl West 10",
      "area Rhyl South West 1",
    ]);
    expect(find("lxe")).toEqual([]); // too short to guess
  });

  it("find Welsh names with and without accents, each area once", () => {
    expect(find("ynys mon")).toEqual(["district Isle of Anglesey", "area Anglesey 1"]);
    expect(find("Ynys Môn")).toEqual(find("ynys mon"));
    expect(find("anglesey")).toEqual(["area Anglesey 1", "district Isle of Anglesey"]);
    expect(find("llyn")).toEqual(["place Llŷn"]);
    expect(find("ty nant")).toEqual(["place Tŷ-nant"]);
    expect(find("y rhyl")).toEqual(["area Rhyl West 2", "area Rhyl West 10"]);
  });

  it("know saints, apostrophes and ampersands", () => {
    expect(find("st asaph")).toEqual(["place Saint Asaph"]);
    expect(find("saint albans")).toEqual(["area St. Albans 003C"]);
    expect(find("kings lynn")).toEqual(["place King's Lynn"]);
    expect(find("yorkshire & the")).toEqual(["region Yorkshire and The Humber"]);
  });

  it("find codes, whole and their beginnings", () => {
    expect(find("w01000240")).toEqual(["area Rhyl West 10"]);
    expect(find("W0600000")).toEqual(["district Isle of Anglesey", "district Denbighshire"]);
    expect(find("E0100000").length).toBe(4);
    expect(index.suggest("E01000004")).toEqual([
      { kind: "area", area: 6, name: "E01000004", code: "E01000004" },
    ]);
  });

  it("are no more than asked for, and always the same", () => {
    expect(find("e", 3).length).toBe(3);
    expect(find("e").length).toBe(MOST);
    expect(find("e", 3)).toEqual(find("e").slice(0, 3));
    expect(find("e")).toEqual(find("e"));
  });

  it.each([
    "",
    " ",
    ".*",
    "(((((",
    "[[-",
    "\\",
    "\u0000\u0007",
    "\n\n",
    "\ud800",
    "🙂",
    "'; DROP TABLE",
    "<script>alert(1)</script>",
    "__proto__",
    "constructor",
  ])("to %j are nothing", (query) => {
    expect(find(query)).toEqual([]);
  });

  it("to a very long query come at once", () => {
    const begun = performance.now();
    expect(find("leeds rhyl ".repeat(10_000))).toEqual([]);
    expect(find("leeds ".repeat(10_000)).sort()).toEqual(find("leeds").sort()); // all words there
    expect(find("a".repeat(10_000_000))).toEqual([]);
    expect(normal("a ".repeat(1000)).length).toBeLessThanOrEqual(LONGEST);
    expect(performance.now() - begun).toBeLessThan(200);
  });

  it("do without places, names and larger areas", () => {
    const none: AreaList = { codes: ["A1", "B1"], names: [null, null], names_cy: null, groups: {} };
    const bare = new SearchIndex({ areas: none, groups: [], places: null });
    expect(bare.suggest("b1").map(said)).toEqual(["area B1", "postcode B1"]);
    expect(bare.suggest("zzzz")).toEqual([]);
    const empty = { codes: [], names: [], names_cy: null, groups: {} };
    expect(new SearchIndex({ areas: empty, groups: [], places: null }).suggest("leeds")).toEqual(
      [],
    );
  });
});

describe("characters with a meaning elsewhere", () => {
  it("are spaces", () => {
    expect(find("[leeds-")).toEqual(find("leeds"));
    expect(find("%rhyl_west*")).toEqual(find("rhyl west"));
    expect(find("leeds\u0000\n")).toEqual(find("leeds"));
  });
});

describe("postcodes", () => {
  it.each([
    ["LL18 1HD", "LL18 1HD", true],
    ["ll181hd", "LL18 1HD", true],
    [" sw1a  1aa ", "SW1A 1AA", true],
    ["LL18 HD", "LL1 8HD", true], // a space in the wrong place
    ["L1 1AA", "L1 1AA", true],
    ["BS0 1AA", "BS0 1AA", true],
    ["LL18", "LL18", false],
    ["ll18 ", "LL18", false],
    ["LL18 1", "LL18 1", false],
    ["LL18 1H", "LL18 1H", false],
    ["E1", "E1", false],
  ])("are recognised: %j", (query, text, complete) => {
    expect(postcodeQuery(query)).toEqual({ text, complete });
  });

  it.each(["LL", "Leeds", "E01000001", "E0100", "L1 1AAA", "12345", "", "x".repeat(1e6)])(
    "are not taken for: %s",
    (query) => {
      expect(postcodeQuery(query)).toBeNull();
    },
  );

  it("stand first where they are whole, and behind what is called so where not", () => {
    expect(find("LL18 1HD")).toEqual(["postcode LL18 1HD"]);
    expect(find("LL18")).toEqual(["postcode LL18"]);
  });
});

describe("all names of a country", () => {
  let large: SearchIndex;

  beforeAll(() => {
    const many = 33_755;
    const heads = ["North", "St. ", "Llan", "King's ", "Wood", "Ash", "Upper ", "Brad", "Chester"];
    const tails = ["ford", "ton", "by", "ham", " Green", "-on-Sea", "field", "fechan", "wŷn"];
    const name = (at: number) => heads[at % 9]! + tails[Math.floor(at / 9) % 9]!;
    const numbers = Array.from({ length: many }, (_, at) => at);
    large = new SearchIndex({
      areas: {
        codes: numbers.map((at) => `E${String(1_000_001 + at).padStart(8, "0")}`),
        names: numbers.map((at) => `${name(at)} ${String(at % 111).padStart(3, "0")}A`),
        names_cy: null,
        groups: {
          district: {
            codes: numbers.slice(0, 360).map((at) => `E0600${at}`),
            names: numbers.slice(0, 360).map((at) => `${name(at)} district`),
            names_cy: null,
            of: [],
          },
        },
      },
      groups: ["district"],
      places: {
        names: Array.from({ length: 50_000 }, (_, at) => `${name(at)} ${name(at * 7 + 3)}`),
        longitude: [],
        latitude: [],
        kinds: null,
      },
    });
  });

  it.each([
    "n",
    "no",
    "north",
    "northford 1",
    "green sea",
    "e",
    "zq",
    "nroth",
    "0",
    "brafdord",
    "e01",
  ])("are searched in an instant for %s", (query) => {
    const times = [1, 2, 3, 4].map(() => {
      const begun = performance.now();
      large.suggest(query);
      return performance.now() - begun;
    });
    expect(Math.min(...times)).toBeLessThan(50); // others use the machine too
  });
});
