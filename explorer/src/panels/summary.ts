// The summary measures of larger areas, and how they are written.

import { fixed, percent } from "../messages/format";

export const SUMMARIES = [
  "average_score",
  "average_rank",
  "proportion",
  "extent",
  "local_concentration",
] as const;
export type SummaryName = (typeof SUMMARIES)[number];

const DECIMALS = { average_score: 3, average_rank: 1, local_concentration: 0 };

/** Write a summary measure: shares as percentages. */
export function summaryValue(name: SummaryName, value: number | null | undefined): string {
  if (name === "proportion" || name === "extent") return percent(value, 1);
  return fixed(value, DECIMALS[name]);
}
