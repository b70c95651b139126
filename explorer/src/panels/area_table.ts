// The tables and pictures that can be downloaded.

import type { SiteNode } from "../data/site";
import type { AreaMap } from "../map/AreaMap";
import { t } from "../messages/messages.svelte";
import type { Explorer } from "../state/explorer.svelte";
import { writeCsv, type Cell } from "../tables/write";
import type { Painting } from "./painting";
import { save } from "./save";

const CSV = "text/csv;charset=utf-8";
/** How the headings of what was computed under the reader's weights end. */
const YOURS = "_with_your_weights";

/** Save rows, the first of them the headings. */
export function downloadRows(name: string, [heading = [], ...rows]: Cell[][]): void {
  save(name, new Blob([writeCsv(heading.map(String), rows)], { type: CSV }));
}

/** Save areas with the numbers of the node that is shown; say so where they are not as published. */
export function downloadTable(explorer: Explorer, areas: Iterable<number>, name = "areas"): void {
  const node = explorer.shown;
  const columns = explorer.columns(node.id);
  const groups = explorer.groups;
  const yours = explorer.reweighedNode(node.id) ? YOURS : "";
  const headings = ["rank", "decile", node.measure ?? "score"].map((one) => `${node.id}_${one}`);
  const rows: Cell[][] = [
    [
      "area_code",
      "area_name",
      ...groups.flatMap(({ id }) => [`${id}_code`, `${id}_name`]),
      ...headings.map((heading) => heading + yours),
    ],
  ];
  for (const area of areas) {
    rows.push([
      explorer.areas.codes[area] ?? null,
      explorer.areaName(area),
      ...groups.flatMap(({ id, list }) => {
        const place = list.of[area] ?? -1;
        return place < 0
          ? [null, null]
          : [list.codes[place] ?? null, explorer.groupName(id, place)];
      }),
      columns?.rank[area] || null,
      columns?.decile[area] || null,
      known(columns?.score[area]),
    ]);
  }
  const marked = yours ? `-${t("weights.file")}` : "";
  downloadRows(`${explorer.site.id}-${node.id}-${name}${marked}.csv`, rows);
}

/** Save the ranks under the reader's weights beside the published ones. */
export function downloadRanks(explorer: Explorer): void {
  const before = explorer.published(explorer.root.id);
  const after = explorer.columns(explorer.root.id);
  const yours = ["rank", "decile", "score"].map((one) => one + YOURS);
  const rows: Cell[][] = [
    ["area_code", "area_name", "published_rank", ...yours],
    ...explorer.areas.codes.map((code, area): Cell[] => [
      code,
      explorer.areaName(area),
      before?.rank[area] || null,
      after?.rank[area] || null,
      after?.decile[area] || null,
      known(after?.score[area]),
    ]),
  ];
  downloadRows(`${explorer.site.id}-${t("weights.file")}.csv`, rows);
}

/** Save rank and decile of the node that is shown, here and in the version compared with. */
export function downloadMovement(explorer: Explorer, version: string): void {
  const { id } = explorer.shown;
  const [before, now] = [explorer.before, explorer.columns(id)];
  const yours = explorer.reweighedNode(id) ? YOURS : "";
  const rows: Cell[][] = [
    ["area_code", "area_name", "rank_before", "decile_before", `rank${yours}`, `decile${yours}`],
    ...explorer.areas.codes.map((code, area): Cell[] => [
      code,
      explorer.areaName(area),
      before?.rank[area] || null,
      before?.decile[area] || null,
      now?.rank[area] || null,
      now?.decile[area] || null,
    ]),
  ];
  downloadRows(`${explorer.site.id}-${id}-${version}.csv`, rows);
}

/** Save all numbers of one area: a row per node and column. */
export function downloadArea(
  explorer: Explorer,
  area: number,
  number: (node: SiteNode, column: string) => number | null,
): void {
  const code = explorer.areas.codes[area] ?? "";
  const head = ["area_code", "node", "title", "role", "column", "value", "unit", "source", "date"];
  const rows: Cell[][] = [
    [...head, "weights"],
    ...explorer.site.nodes.flatMap((node) =>
      node.columns.map((column): Cell[] => [
        code,
        node.id,
        explorer.titleOf(node),
        node.role,
        column,
        number(node, column),
        node.unit,
        node.source,
        node.date,
        explorer.reweighedNode(node.id) ? "yours" : "published",
      ]),
    ),
  ];
  downloadRows(`${explorer.site.id}-${code}.csv`, rows);
}

/** Save a picture of the map as it is seen. */
export function savePng(explorer: Explorer, map: AreaMap, painting: Painting): void {
  const legend = painting.legend.map(({ class: number, label }) => {
    return { colour: painting.palette[number] ?? "", label };
  });
  const parts = [explorer.title, explorer.titleOf(explorer.shown), t(`kind.${painting.kind}`)];
  const title = [...new Set(parts)].join(" · ");
  const name = [...new Set([explorer.site.id, explorer.node])].join("-");
  explorer.attempt(map.png({ title, legend }).then((png) => save(`${name}.png`, png)));
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
