// The numbers of another version of the index.

import { arrayOf, type Numbers } from "../data/arrays";
import type { SiteVersion } from "../data/site";
import type { Explorer } from "../state/explorer.svelte";

/** Load rank and decile of a node in another version, for the areas of this one. */
export async function loadVersion(
  explorer: Explorer,
  version: SiteVersion,
  node: string,
): Promise<{ rank: Numbers; decile: Numbers }> {
  const file = await explorer.files.arrays(version.file);
  return { rank: arrayOf(file, `${node}_rank`), decile: arrayOf(file, `${node}_decile`) };
}
