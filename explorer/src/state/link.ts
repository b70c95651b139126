// What is looked at, written into the address so that a link returns to it.

import type { Language } from "../tables/numbers";

export const VIEWS = [
  "area",
  "weights",
  "compare",
  "districts",
  "mine",
  "postcodes",
  "table",
  "about",
] as const;
export type View = (typeof VIEWS)[number];

export const COLOURINGS = ["decile", "score", "change"] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** What an area is compared with: another area, its district, or nothing. */
export type Other = { kind: "area"; code: string } | { kind: "group"; group: string } | null;

export interface Place {
  longitude: number;
  latitude: number;
  zoom: number;
}

export interface Link {
  view: View;
  node: string | null;
  colouring: Colouring;
  hotSpots: 0 | 10 | 20;
  area: string | null;
  other: Other;
  district: { group: string; code: string } | null;
  version: string | null;
  weights: Record<string, Record<string, number>>;
  /** The codes of my area; null: too many for a link, those of before stay. */
  mine: string[] | null;
  place: Place | null;
  language: Language | null;
}

export const NOWHERE: Link = {
  view: "area",
  node: null,
  colouring: "decile",
  hotSpots: 0,
  area: null,
  other: null,
  district: null,
  version: null,
  weights: {},
  mine: [],
  place: null,
  language: null,
};

/** The most areas of "my area" that a link says: some programs cut longer ones off. */
export const MOST_AREAS = 400;
const TOO_MANY = "*";
const PLACE_DIGITS = 5;

/** Write what is looked at as the part of an address after `#`. */
export function written(link: Link): string {
  const parts = new URLSearchParams();
  if (link.view !== "area") parts.set("view", link.view);
  if (link.node) parts.set("show", link.node);
  if (link.colouring !== "decile") parts.set("by", link.colouring);
  if (link.hotSpots) parts.set("worst", String(link.hotSpots));
  if (link.area) parts.set("area", link.area);
  if (link.other) {
    parts.set("with", link.other.kind === "area" ? link.other.code : `@${link.other.group}`);
  }
  if (link.district) parts.set("district", `${link.district.group}:${link.district.code}`);
  if (link.version) parts.set("version", link.version);
  for (const [node, weights] of Object.entries(link.weights)) {
    const said = Object.entries(weights).map(([child, weight]) => `${child}:${weight}`);
    parts.append("weights", `${node}(${said.join(",")})`);
  }
  if (link.mine === null) parts.set("mine", TOO_MANY);
  else if (link.mine.length) parts.set("mine", link.mine.join(","));
  if (link.place) {
    const { longitude, latitude, zoom } = link.place;
    const at = [zoom.toFixed(2), latitude.toFixed(PLACE_DIGITS), longitude.toFixed(PLACE_DIGITS)];
    parts.set("at", at.join("/"));
  }
  if (link.language) parts.set("lang", link.language);
  return parts.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
}

/** Read the part of an address after `#`; what makes no sense there is left out. */
export function read(hash: string): Link {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const worst = Number(parts.get("worst"));
  return {
    view: oneOf(VIEWS, parts.get("view")) ?? "area",
    node: parts.get("show"),
    colouring: oneOf(COLOURINGS, parts.get("by")) ?? "decile",
    hotSpots: worst === 10 || worst === 20 ? worst : 0,
    area: parts.get("area"),
    other: otherOf(parts.get("with")),
    district: districtOf(parts.get("district")),
    version: parts.get("version"),
    weights: weightsOf(parts.getAll("weights")),
    mine: mineOf(parts.get("mine") ?? ""),
    place: placeOf(parts.get("at")),
    language: oneOf(["en", "cy"] as const, parts.get("lang")) ?? null,
  };
}

function oneOf<T extends string>(known: readonly T[], text: string | null): T | undefined {
  return known.find((one) => one === text);
}

function otherOf(text: string | null): Other {
  if (!text) return null;
  return text.startsWith("@")
    ? { kind: "group", group: text.slice(1) }
    : { kind: "area", code: text };
}

function districtOf(text: string | null): Link["district"] {
  const [group, code] = (text ?? "").split(":");
  return group && code ? { group, code } : null;
}

function mineOf(text: string): string[] | null {
  return text === TOO_MANY ? null : text.split(",").filter(Boolean).slice(0, MOST_AREAS);
}

function placeOf(text: string | null): Place | null {
  const [zoom, latitude, longitude, ...more] = (text ?? "").split("/").map(Number);
  if (zoom === undefined || latitude === undefined || longitude === undefined || more.length) {
    return null;
  }
  const known = Number.isFinite(zoom) && Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180;
  return known && zoom >= 0 && zoom <= 22 ? { zoom, latitude, longitude } : null;
}

function weightsOf(texts: string[]): Link["weights"] {
  const found: Link["weights"] = {};
  for (const text of texts) {
    const match = /^(\w+)\(([^()]*)\)$/.exec(text);
    if (!match?.[1]) continue;
    const weights: Record<string, number> = {};
    for (const part of (match[2] ?? "").split(",")) {
      const [child, weight] = part.split(":");
      const number = weight === undefined || weight === "" ? Number.NaN : Number(weight);
      if (child && Number.isFinite(number) && number >= 0) weights[child] = number;
    }
    found[match[1]] = weights;
  }
  return found;
}
