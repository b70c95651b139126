// What the search boxes suggest, in words, and what choosing it does.

import type { Suggestion } from "../find/search";
import { groupTitle } from "../messages/groups";
import { t, type MessageKey } from "../messages/messages.svelte";
import type { Explorer } from "../state/explorer.svelte";

export interface Found {
  key: string;
  title: string;
  detail: string;
  suggestion: Suggestion;
}

const AROUND = 0.04; // degrees that are shown around a place
const MOST_POSTCODES = 6;

/** Suggest what a text may mean; of a postcode that is begun, the first that begin so. */
export async function find(explorer: Explorer, text: string): Promise<Found[]> {
  const finder = await explorer.finder();
  const found = finder.suggest(text);
  const begun = found.findIndex((one) => one.kind === "postcode" && !one.complete);
  if (begun >= 0 && explorer.postcodes) {
    const postcodes = await explorer.postcodes.suggest(text, MOST_POSTCODES);
    const known = postcodes.flatMap(({ postcode }) => (postcode === null ? [] : [postcode]));
    const whole = known.map((postcode) => ({
      kind: "postcode" as const,
      postcode,
      complete: true,
    }));
    found.splice(begun, 1, ...whole);
  }
  return found.map((suggestion) => inWords(explorer, suggestion));
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
      const within = explorer.districtOf(area)?.name ?? "";
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

/** What choosing a suggestion shows, once all is known that it needs; and what is said of it. */
export interface Choice {
  show: () => void;
  said: string;
}

/** Find out what choosing a suggestion shows; nothing is shown yet. */
export async function choiceOf(explorer: Explorer, suggestion: Suggestion): Promise<Choice> {
  switch (suggestion.kind) {
    case "area":
      return { show: () => explorer.select(suggestion.area), said: "" };
    case "group": {
      const { group, place } = suggestion;
      const show = (): void => {
        explorer.choose({ group, place });
        explorer.view = "districts";
      };
      return { show, said: "" };
    }
    case "place": {
      const places = await explorer.files.places(explorer.site);
      const longitude = places?.longitude[suggestion.place] ?? 0;
      const latitude = places?.latitude[suggestion.place] ?? 0;
      const high = AROUND * 0.6;
      const target: [number, number, number, number] = [
        longitude - AROUND,
        latitude - high,
        longitude + AROUND,
        latitude + high,
      ];
      return { show: () => (explorer.going = { target, at: [longitude, latitude] }), said: "" };
    }
    case "postcode": {
      const { area, said } = await areaOfPostcode(explorer, suggestion.postcode);
      return { show: () => area !== null && explorer.select(area), said };
    }
  }
}

/** The area of a postcode, null where there is none; and what is to be said of it. */
export async function areaOfPostcode(
  explorer: Explorer,
  postcode: string,
): Promise<{ area: number | null; said: string }> {
  if (!explorer.postcodes) return { area: null, said: t("find.postcode.none_here") };
  const { area, status } = await explorer.postcodes.find(postcode);
  if (area < 0)
    return { area: null, said: t(`postcode.${status}.one` as MessageKey, { postcode }) };
  const ended = status === "terminated";
  return { area, said: ended ? t("postcode.terminated.here", { postcode }) : "" };
}
