// What kinds of areas are called: ltla24 is "Local authority districts (2024)".

import { named } from "./messages.svelte";

/** The name of a kind of areas by its id, which may end in the year of its boundaries. */
export function groupTitle(id: string): string {
  const match = /^([a-z_]+?)(\d\d)?$/.exec(id);
  const kind = named(`group.${match?.[1] ?? id}`, "");
  if (!kind) return id;
  return match?.[2] ? `${kind} (20${match[2]})` : kind;
}
