// Postcodes, on files that Python wrote, with what Python answers of them.

import { describe, expect, it } from "vitest";
import { decompressed, readArrays, type Arrays } from "../src/data/arrays";
import type { SitePostcodes } from "../src/data/site";
import { begun, cleanPostcode } from "../src/postcodes/clean";
import { postcodeColumn } from "../src/postcodes/list";
import { PostcodeTable, type PostcodeStatus } from "../src/postcodes/table";

const PACKED = import.meta.glob<string>("./postcodes_made_by_python/**/*.gz", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

/** Read a file of the site, as a browser does. */
async function unpacked(name: string): Promise<ArrayBuffer> {
  return decompressed(await fetch(PACKED[`./postcodes_made_by_python/${name}`]!));
}

interface Answers {
  about: SitePostcodes;
  raw: string[];
  found: [string | null, PostcodeStatus, string | null, number][];
  lists: { headings: string[]; rows: string[][]; column: string }[];
}

const answers = JSON.parse(new TextDecoder().decode(await unpacked("answers.json.gz"))) as Answers;

/** The files of the site, and which were asked for. */
function filesOf(): { asked: string[]; arrays: (file: string) => Promise<Arrays> } {
  const asked: string[] = [];
  return {
    asked,
    arrays: async (file) => {
      asked.push(file);
      return readArrays(await unpacked(file));
    },
  };
}

function tableOf(files = filesOf()): PostcodeTable {
  return new PostcodeTable(files, answers.about);
}

describe("the table of postcodes", () => {
  it("answers a long list as Python does", async () => {
    const found = await tableOf().findAll(answers.raw);
    const rows = found.map((one) => [one.postcode, one.status, one.terminated, one.area]);
    expect(rows).toEqual(answers.found);
    const statuses = new Set(found.map((one) => one.status));
    expect(statuses).toEqual(new Set(["live", "terminated", "elsewhere", "unknown", "invalid"]));
  });

  it("answers one postcode as it answers many", async () => {
    const table = tableOf();
    const some = answers.raw.slice(0, 200);
    const found = await table.findAll(some);
    for (const [i, raw] of some.entries()) expect(await table.find(raw)).toEqual(found[i]);
  });

  it("fetches the file of each postcode area once, and no other", async () => {
    const files = filesOf();
    const table = tableOf(files);
    await table.findAll(["M1 1AA", "m111aa", "ZZ1 1AA", "nowhere", "__PROTO__"]);
    await table.find("M60 1AA");
    await table.suggest("M1", 3);
    expect(files.asked).toEqual(["postcodes/M.bin.gz"]);
  });

  it("asks again for a file that could not be fetched", async () => {
    const good = filesOf();
    let failures = 1;
    const table = new PostcodeTable(
      {
        arrays: (file) =>
          failures-- > 0 ? Promise.reject(new Error("offline")) : good.arrays(file),
      },
      answers.about,
    );
    await expect(table.find("M1 1AA")).rejects.toThrow("offline");
    expect((await table.find("M1 1AA")).postcode).toBe("M1 1AA");
  });

  it("tells how far it is", async () => {
    const told: number[] = [];
    const many = Array.from({ length: 25_000 }, (_, i) => answers.raw[i % answers.raw.length]!);
    const found = await tableOf().findAll(many, (done, of) => {
      expect(of).toBe(25_000);
      told.push(done);
    });
    expect(found.length).toBe(25_000);
    expect(told.length).toBe(3);
    expect(told).toEqual([...told].sort((one, other) => one - other));
    expect(told.at(-1)).toBe(25_000);
  });
});

describe("the column of the postcodes", () => {
  it("is the one that Python takes", () => {
    const taken = answers.lists.map(({ headings, rows }) => {
      const column = postcodeColumn({ headings, rows });
      return typeof column === "number" ? headings[column] : column.problem;
    });
    expect(taken).toEqual(answers.lists.map(({ column }) => column));
    for (const one of ["several", "none", "home", "postcode"]) expect(taken).toContain(one);
  });
});

describe("suggestions", () => {
  // what is in use, sorted by district and then by the second half
  const inUse = answers.found
    .filter(([, status]) => status === "live" || status === "elsewhere")
    .map(([postcode]) => postcode!);

  it.each(["M1", "M11", "m1 1", "M1 1A", "CF10", "CF1", "CF10 1", "sw1", "SW1A", "SW1A1", "B10 "])(
    "begin with %s and are in use",
    async (typed) => {
      const table = tableOf();
      const found = await table.suggest(typed, 10_000);
      const close = typed.replace(" ", "").toUpperCase();
      const parted = typed.trim().includes(" ") || typed.endsWith(" ");
      for (const one of found) {
        expect(["live", "elsewhere"]).toContain(one.status);
        const begins = parted ? one.postcode! : one.postcode!.replace(" ", "");
        expect(begins.startsWith(parted ? typed.toUpperCase() : close)).toBe(true);
        expect(await table.find(one.postcode!)).toEqual(one);
      }
      const postcodes = new Set(found.map((one) => one.postcode));
      expect(postcodes.size).toBe(found.length);
      const wanted = inUse.filter((one) =>
        parted ? one.startsWith(typed.toUpperCase()) : one.replace(" ", "").startsWith(close),
      );
      expect(wanted.filter((one) => !postcodes.has(one))).toEqual([]);
      expect(found.length).toBeGreaterThan(0);
    },
  );

  it("give what was typed first", async () => {
    const found = await tableOf().suggest("M1", 5);
    expect(found.map((one) => one.postcode!.split(" ")[0])).toEqual(["M1", "M1", "M1", "M1", "M1"]);
    expect(found.map((one) => one.postcode)).toEqual(found.map((one) => one.postcode).sort());
  });

  it("are none for what begins no postcode", async () => {
    for (const typed of ["", "M", "CF", "Cardiff", "1", "M1 1AAA", "ZZ1", "M1 A", "<b>"]) {
      expect(await tableOf().suggest(typed, 5)).toEqual([]);
    }
  });
});

describe("how postcodes are written", () => {
  it("is brought into one spelling", () => {
    expect(cleanPostcode(" sw1a1aa")).toBe("SW1A 1AA");
    expect(cleanPostcode("g i r 0 a a")).toBe("GIR 0AA");
    for (const none of ["", "M1", "SW1A 1CA", "M1 1AAA", "SW1A-1AA", "M111 1AA", "M1 1AA\ufeff"]) {
      expect(cleanPostcode(none)).toBeNull();
    }
  });

  it("is recognised while it is typed", () => {
    expect(cleanPostcode("cf10 1aa")).toBe("CF10 1AA");
    for (const part of ["M1", "CF10", "cf10 ", "CF10 1", "cf101", "CF101A", "SW1A 1", "EC1A1B"]) {
      expect([cleanPostcode(part), begun(part)]).toEqual([null, expect.any(String)]);
    }
    for (const none of ["", "C", "CF", "Cardiff", "10", "CF10 1C", "CF 10 1AAA"]) {
      expect(cleanPostcode(none) ?? begun(none)).toBeNull();
    }
    expect(begun(" cf1  1")).toBe("CF1 1");
    expect(begun("cf 10 1")).toBe("CF101");
  });
});
