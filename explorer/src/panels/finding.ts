// What the search boxes suggest, in words, and what choosing it does.

import type { Suggestion } from "../find/search";
import { groupTitle } from "../messages/groups";
import { t } from "../messages/messages.svelte";
import type { Explorer } from "../state/explorer.svelte";

export interface Found {
  key: string;
  title: string;
  detail: string;
  suggestion: Suggestion;
}

const AROUND = 0.04; // degrees that are shown around a place

/** Suggest what a text may mean. */
export async function find(explorer: Explorer, text: string): Promise<Found[]> {
  const finder = await explorer.finder();
  return finder.suggest(text).map((suggestion) => inWords(explorer, suggestion));
}

/** Suggest areas, and nothing else. */
export async function findAreas(explorer: Explorer, text: string): Promise<Found[]> {
  const found = await find(explorer, text);
  return found.filter(({ suggestion }) => ["area", "postcode"].includes(suggestion.kind));
}

function inWords(explorer: Explorer, suggestion: Suggestion): Found {
  switch (suggestion.kind) {
    case "area": {
      const { area, code } = suggestion;
      const within = explorer.groupsOf(area)[0]?.name ?? "";
      const title = explorer.areaName(area);
      return { key: `a${area}`, title, detail: `${within} ${code}`.trim(), suggestion };
    }
    case "group": {
      const { group, place } = suggestion;
      const title = explorer.groupName(group, place);
      return { key: `g${group}${place}`, title, detail: groupTitle(group), suggestion };
    }
    case "place":
      return {
        key: `p${suggestion.place}`,
        title: suggestion.name,
        detail: t("find.place"),
        suggestion,
      };
    case "postcode":
      return {
        key: `c${suggestion.postcode}`,
        title: suggestion.postcode,
        detail: t("find.postcode"),
        suggestion,
      };
  }
}

/** Show what was chosen; return what there is to say about it. */
export async function go(explorer: Explorer, suggestion: Suggestion): Promise<string> {
  switch (suggestion.kind) {
    case "area":
      explorer.select(suggestion.area);
      return "";
    case "group":
      explorer.choose({ group: suggestion.group, place: suggestion.place });
      return "";
    case "place": {
      const places = await explorer.files.places(explorer.site);
      const longitude = places?.longitude[suggestion.place] ?? 0;
      const latitude = places?.latitude[suggestion.place] ?? 0;
      const high = AROUND * 0.6;
      explorer.going = {
        target: [longitude - AROUND, latitude - high, longitude + AROUND, latitude + high],
      };
      return "";
    }
    case "postcode":
      return goToPostcode(explorer, suggestion.postcode, suggestion.complete);
  }
}

async function goToPostcode(
  explorer: Explorer,
  postcode: string,
  complete: boolean,
): Promise<string> {
  const area = await areaOfPostcode(explorer, postcode, complete);
  if (typeof area === "string") return area;
  explorer.select(area);
  return "";
}

/** The area of a postcode, or what is to be said where there is none. */
export async function areaOfPostcode(
  explorer: Explorer,
  postcode: string,
  complete: boolean,
): Promise<number | string> {
  const table = explorer.postcodes;
  if (!table) return t("find.postcode.none_here");
  if (!complete) return t("find.postcode.go_on");
  const found = await table.find(postcode);
  if (found.area < 0) {
    return t(`postcode.${found.status}.one` as Parameters<typeof t>[0], { postcode });
  }
  return found.area;
}
