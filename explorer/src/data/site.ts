// What site.json says, and the files that it names. See docs/explorer/files.md.

import { arrayOf, decompressed, readArrays, type Arrays, type Numbers } from "./arrays";

export type Role = "index" | "domains" | "subdomains" | "indicators" | "supplementary";
export type DecileRule = "ceil(10*rank/N)" | "floor(10*(rank-1)/N)+1";
export type PercentileRule = "ceil(100*rank/N)" | "floor(100*(rank-1)/N)+1" | "near_equal";
export type Ties = "average" | "minimum";

export interface SiteNode {
  id: string;
  title: string;
  title_cy: string | null;
  role: Role;
  parent: string | null;
  level: number;
  weight: number | null;
  kind: string;
  unit: string;
  description: string;
  source: string;
  publisher: string;
  date: string;
  caveats: string;
  high_value: "more_need" | "less_need" | null;
  population: string | null;
  n: number | null;
  measure: "score" | "shrunk" | "value" | null;
  deciles: DecileRule;
  percentiles: PercentileRule;
  columns: string[];
  file: string | null;
  /** How its values may be shown; null: of every area, exactly. */
  publish: SitePublish | null;
}

/** What may be shown of an indicator whose values of small areas may not. */
export interface SitePublish {
  /** The areas whose values may be shown; null: those of the index, or none. */
  geography: string | null;
  nowhere: boolean;
  round_to: number | null;
  suppress_below: number | null;
}

export interface Combination {
  children: string[];
  weights: number[];
  ties: Ties;
  rank_fraction: "(N-rank+1)/N" | "(N-rank)/N";
  n: number;
  exponential: number;
  deciles: DecileRule;
  published_ties: Ties;
  arithmetic: "double" | "single";
  raise: "exponential" | "none";
  published: "combined" | "transformed_rank";
  adjustable: boolean;
}

export interface SiteGroups {
  id: string;
  count: number;
  file: string;
}

export interface SiteVersion {
  id: string;
  title: string;
  file: string;
  nodes: string[];
}

export interface Site {
  format: 1;
  id: string;
  title: string;
  title_cy: string | null;
  description: string;
  publisher: string;
  licence: string;
  url: string;
  made: { hyperlocal: string; built: string; definition: string };
  geography: string;
  areas: number;
  root: string;
  nodes: SiteNode[];
  combinations: Record<string, Combination>;
  groups: SiteGroups[];
  populations: { id: string; title: string }[];
  intervals: { level: number; draws: number; what: string } | null;
  versions: SiteVersion[];
  postcodes: SitePostcodes | null;
  places: { file: string; count: number } | null;
  geometry: string | null;
  detail: SiteDetail | null;
  bounds: [number, number, number, number] | null;
  notes: string[];
}

/** The postcodes of a site: which postcode areas have a file, and how many postcodes it holds. */
export interface SitePostcodes {
  source: string;
  path: string;
  count: number;
  ended: number;
  elsewhere: number;
  areas: Record<string, number>;
  notes: string[];
}

/** Finer boundaries, in parts. */
export interface SiteDetail {
  path: string;
  parts: number;
  zoom: number;
}

export interface GroupList {
  codes: string[];
  names: (string | null)[];
  names_cy: (string | null)[] | null;
  of: number[];
}

export interface AreaList {
  codes: string[];
  names: (string | null)[];
  names_cy: (string | null)[] | null;
  groups: Record<string, GroupList>;
}

/** The numbers of a node for all areas. */
export interface NodeColumns {
  rank: Numbers;
  decile: Numbers;
  score: Numbers;
}

export interface Districts {
  codes: string[];
  names: (string | null)[];
  areas: number[];
  population: number[] | null;
  measures: Record<string, Record<string, (number | null)[]>>;
}

export interface Places {
  names: string[];
  longitude: number[];
  latitude: number[];
  kinds: string[] | null;
}

export const BLOCK = 256;

/** Tell whether the score of a node, or its value, may not be shown of small areas. */
export function withheld(node: SiteNode): boolean {
  if (node.measure) return !node.columns.includes(node.measure);
  return node.publish !== null;
}

/** Reads the files of a site, each once. */
export class SiteFiles {
  readonly #held = new Map<string, Promise<unknown>>();

  constructor(readonly base: URL) {}

  site(): Promise<Site> {
    return this.#once("site.json", async (response) => (await response.json()) as Site);
  }

  areas(): Promise<AreaList> {
    return this.json<AreaList>("areas.json.gz");
  }

  async node(node: SiteNode): Promise<NodeColumns> {
    if (!node.file) throw new Error(`${node.id} is not ranked`);
    const file = await this.arrays(node.file);
    return {
      rank: arrayOf(file, "rank"),
      decile: arrayOf(file, "decile"),
      score: arrayOf(file, "score"),
    };
  }

  block(area: number): Promise<Arrays> {
    const number = String(Math.floor(area / BLOCK)).padStart(4, "0");
    return this.arrays(`blocks/${number}.bin.gz`);
  }

  districts(group: SiteGroups): Promise<Districts> {
    return this.json<Districts>(group.file);
  }

  async places(site: Site): Promise<Places | null> {
    return site.places ? this.json<Places>(site.places.file) : null;
  }

  arrays(file: string): Promise<Arrays> {
    return this.#once(file, async (response) => readArrays(await decompressed(response)));
  }

  json<T>(file: string): Promise<T> {
    return this.#once(
      file,
      async (response) => JSON.parse(new TextDecoder().decode(await decompressed(response))) as T,
    );
  }

  #once<T>(file: string, read: (response: Response) => Promise<T>): Promise<T> {
    const held = this.#held.get(file) as Promise<T> | undefined;
    if (held) return held;
    const asked = this.#fetch(file).then(read);
    this.#held.set(file, asked);
    asked.catch(() => this.#held.delete(file)); // so that it can be asked for again
    return asked;
  }

  async #fetch(file: string): Promise<Response> {
    const response = await fetch(new URL(file, this.base));
    if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
    return response;
  }
}
