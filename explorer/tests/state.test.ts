import { createServer, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SiteFiles, withheld, type AreaList, type Site } from "../src/data/site";
import { Explorer } from "../src/state/explorer.svelte";
import { Latest } from "../src/state/latest";
import { NOWHERE, type Link } from "../src/state/link";

// Four areas in two districts and two towns, ranked by two domains, on a real server.

const NODE = {
  title_cy: null,
  kind: "group",
  unit: "",
  description: "",
  source: "",
  publisher: "",
};
const RULES = {
  deciles: "ceil(10*rank/N)",
  percentiles: "ceil(100*rank/N)",
  n: 4,
  measure: "score",
};

function node(id: string, level: number, weight: number | null): Site["nodes"][number] {
  const [role, parent] = level ? (["domains", "need"] as const) : (["index", null] as const);
  const file = `columns/${id}.bin.gz`;
  return {
    ...NODE,
    ...RULES,
    ...{ id, title: id, role, parent, level, weight, file, date: "", caveats: "", columns: [] },
    high_value: null,
    population: null,
    publish: null,
  } as Site["nodes"][number];
}

const SITE = {
  id: "need",
  title: "Need",
  root: "need",
  areas: 4,
  nodes: [node("need", 0, null), node("work", 1, 0.75), node("debt", 1, 0.25)],
  combinations: {
    need: {
      children: ["work", "debt"],
      weights: [0.75, 0.25],
      ...{ ties: "average", rank_fraction: "(N-rank+1)/N", n: 4, exponential: 23 },
      ...{ deciles: "ceil(10*rank/N)", published_ties: "minimum", arithmetic: "double" },
      ...{ raise: "none", published: "combined", adjustable: true },
    },
  },
  groups: [
    { id: "msoa21", count: 2, file: "" },
    { id: "ltla24", count: 2, file: "" },
  ],
  populations: [],
  intervals: null,
  versions: [
    { id: "old", title: "Old", file: "versions/old.bin.gz", nodes: ["need"] },
    { id: "lost", title: "Lost", file: "versions/lost.bin.gz", nodes: ["need"] },
  ],
  postcodes: null,
  places: null,
} as unknown as Site;

const list = (codes: string[], of: number[]): AreaList["groups"][string] => {
  return { codes, names: codes, names_cy: null, of };
};
const AREAS: AreaList = {
  codes: ["A", "B", "C", "D"],
  names: ["Aber", "Bryn", null, "Dinas"],
  names_cy: null,
  groups: { msoa21: list(["M1", "M2"], [0, 0, 1, 1]), ltla24: list(["L1", "L2"], [0, 1, 1, -1]) },
};

function arraysFile(arrays: Record<string, Float64Array>): Buffer {
  let offset = 0;
  const described = Object.entries(arrays).map(([name, values]) => {
    const one = { name, type: "f64", length: values.length, offset };
    offset += values.byteLength;
    return one;
  });
  let header = JSON.stringify({ about: {}, arrays: described });
  header += " ".repeat((8 - ((header.length + 8) % 8)) % 8);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const data = Object.values(arrays).map((values) => Buffer.from(values.buffer));
  return gzipSync(Buffer.concat([Buffer.from("HLA1"), length, Buffer.from(header), ...data]));
}

const columns = (rank: number[]): Buffer =>
  arraysFile({
    rank: Float64Array.from(rank),
    decile: Float64Array.from(rank, (one) => Math.ceil((10 * one) / 4)),
    score: Float64Array.from(rank, (one) => 5 - one),
  });

const FILES: Record<string, Buffer> = {
  "columns/need.bin.gz": columns([1, 2, 3, 4]),
  "columns/work.bin.gz": columns([1, 2, 3, 4]),
  "columns/debt.bin.gz": columns([4, 3, 2, 1]),
  "upward.bin.gz": arraysFile({
    work: Float64Array.of(40, 30, 20, 10),
    debt: Float64Array.of(10, 20, 30, 40),
  }),
  "versions/old.bin.gz": arraysFile({
    need_rank: Float64Array.of(2, 1, 3, 4),
    need_decile: Float64Array.of(5, 3, 8, 10),
  }),
};
const slow = new Set<string>();
let server: Server;
let base: URL;

beforeAll(async () => {
  server = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
    const answer = (): void => {
      response.statusCode = FILES[name] ? 200 : 404;
      response.end(FILES[name] ?? "no such file");
    };
    setTimeout(answer, slow.has(name) ? 120 : 0);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  base = new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
});
afterAll(() => void server.close());

let explorer: Explorer;
beforeEach(async () => {
  slow.clear();
  explorer = new Explorer(new SiteFiles(base), SITE, AREAS);
  await explorer.load("need");
});

const soon = (milliseconds = 60): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds));
const ranks = (id: string): number[] => Array.from(explorer.columns(id)?.rank ?? []);

describe("what is shown", () => {
  it("is the last node that was asked for, also where an earlier one comes later", async () => {
    slow.add("columns/work.bin.gz");
    explorer.show("work");
    explorer.show("debt");
    await vi.waitFor(() => expect(explorer.node).toBe("debt"));
    await soon(200); // the other has come by now
    expect(explorer.node).toBe("debt");
    expect(ranks("debt")).toEqual([4, 3, 2, 1]);
  });

  it("says what could not be loaded, and can be asked for again", async () => {
    const lost = FILES["columns/work.bin.gz"]!;
    delete FILES["columns/work.bin.gz"];
    explorer.show("work");
    await vi.waitFor(() => expect(explorer.trouble).toContain("404"));
    expect(explorer.node).toBe("need");
    FILES["columns/work.bin.gz"] = lost;
    explorer.show("work");
    await vi.waitFor(() => expect(explorer.node).toBe("work"));
  });

  it("calls local authorities districts, not the smallest larger areas", () => {
    expect(explorer.districtOf(1)?.name).toBe("L2");
    expect(explorer.districtOf(3)).toBeNull();
    expect(explorer.groupsOf(3).map(({ name }) => name)).toEqual(["M2"]);
    expect(explorer.areasOfGroup("ltla24", 1)).toEqual([1, 2]);
    expect(explorer.areaName(2)).toBe("C"); // without a name: the code
  });
});

describe("what may not be shown of small areas", () => {
  const publish = { geography: "msoa11", nowhere: false, round_to: null, suppress_below: null };

  it("is told from what is not known", () => {
    const work = node("work", 1, 0.75);
    const ranked = { ...work, columns: ["score", "rank", "decile"] };
    expect(withheld({ ...ranked, publish: null })).toBe(false);
    expect(withheld({ ...ranked, publish })).toBe(false); // a domain whose score is its rank
    expect(withheld({ ...ranked, publish: null, columns: ["rank", "decile"] })).toBe(true);
    expect(withheld({ ...work, publish, measure: null, file: null })).toBe(true);
    expect(withheld({ ...work, publish: null, measure: null, file: null })).toBe(false);
  });

  it("leaves weights that nobody can change, and asks for no file of them", async () => {
    const fixed = structuredClone(SITE);
    fixed.combinations["need"]!.adjustable = false;
    const other = new Explorer(new SiteFiles(new URL("nowhere/", base)), fixed, AREAS);
    await other.prepareWeights();
    expect(other.parts).toBeNull();
    expect(other.views).not.toContain("weights");
  });
});

describe("weights", () => {
  it("rank all areas again, and stand beside the published ranks", async () => {
    await explorer.prepareWeights();
    explorer.setWeight("need", 0, 0.05);
    expect(ranks("need")).toEqual([4, 3, 2, 1]);
    expect(Array.from(explorer.published("need")?.rank ?? [])).toEqual([1, 2, 3, 4]);
    expect(explorer.reweighedNode("need")?.rank[0]).toBe(4);
    explorer.setWeights(new Map());
    expect(ranks("need")).toEqual([1, 2, 3, 4]);
    expect(explorer.reweighed).toBe(false);
  });

  it("of a link are loaded and computed", async () => {
    explorer.follow({ ...NOWHERE, weights: { need: { work: 0, debt: 1 } } });
    await vi.waitFor(() => expect(ranks("need")).toEqual([4, 3, 2, 1]));
    expect(explorer.parts?.map(({ weight }) => weight)).toEqual([0, 1]);
  });

  it("of 0 leave everything as published, and are not linked to", async () => {
    await explorer.prepareWeights();
    explorer.setWeights(new Map([["need", [0, 0]]]));
    expect(ranks("need")).toEqual([1, 2, 3, 4]);
    expect(explorer.parts?.map(({ weight }) => weight)).toEqual([0.75, 0.25]);
    expect(explorer.link.weights).toEqual({});
    explorer.follow({ ...NOWHERE, weights: { need: { work: 0, debt: 0 } } });
    expect(explorer.weights.size).toBe(0);
  });

  it("of a link that are too large keep their proportions", () => {
    explorer.follow({ ...NOWHERE, weights: { need: { work: 1e308, debt: 5e307 } } });
    expect(explorer.weightsOf("need")).toEqual([1, 0.5]);
  });
});

describe("a version that is compared with", () => {
  it("is loaded for the node that is shown", async () => {
    explorer.version = "old";
    explorer.loadBefore();
    const rank = (): number[] => Array.from(explorer.before?.rank ?? []);
    await vi.waitFor(() => expect(rank()).toEqual([2, 1, 3, 4]));
    explorer.show("work");
    await vi.waitFor(() => expect(explorer.node).toBe("work"));
    explorer.loadBefore();
    expect(explorer.before).toBeNull(); // that version has no numbers of it
  });

  it("that cannot be loaded is told", async () => {
    explorer.version = "lost";
    explorer.loadBefore();
    await vi.waitFor(() => expect(explorer.trouble).toContain("404"));
    expect(explorer.before).toBeNull();
  });
});

describe("links", () => {
  it("return to what was looked at", () => {
    const link: Link = {
      ...NOWHERE,
      view: "compare",
      area: "B",
      other: { kind: "group", group: "ltla24" },
      district: { group: "ltla24", code: "L2" },
      mine: ["A", "D"],
    };
    explorer.follow(link);
    expect(explorer.link).toEqual(link);
    expect([explorer.area, explorer.district?.place]).toEqual([1, 1]);
  });

  it("leave out what this site has not", () => {
    explorer.follow({
      ...NOWHERE,
      view: "postcodes",
      area: "Z",
      node: "nothing",
      version: "v9",
      colouring: "change",
      district: { group: "constructor", code: "x" },
      other: { kind: "group", group: "toString" },
      mine: ["Z"],
    });
    expect(explorer.link).toEqual(NOWHERE);
  });

  it("that say only that my area is large keep it", () => {
    explorer.mine = new Set([0, 1]);
    explorer.follow({ ...NOWHERE, mine: null });
    expect(explorer.mine.size).toBe(2);
  });
});

describe("questions", () => {
  it("are answered by the last alone", async () => {
    const latest = new Latest();
    const heard: string[] = [];
    const later = (text: string, after: number): Promise<string> =>
      new Promise((done) => setTimeout(() => done(text), after));
    latest.ask(later("slow", 40), (text) => heard.push(text), String);
    latest.ask(later("quick", 5), (text) => heard.push(text), String);
    await soon(80);
    expect(heard).toEqual(["quick"]);
    latest.ask(Promise.reject(new Error("lost")), String, (error) => heard.push(String(error)));
    await soon(5);
    latest.ask(later("unwanted", 5), (text) => heard.push(text), String);
    latest.forget();
    await soon(20);
    expect(heard).toEqual(["quick", "Error: lost"]);
  });
});
