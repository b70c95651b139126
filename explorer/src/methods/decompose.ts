// What each domain brings to the score of an area, against the mean of other areas.

/** A child of the index: its weight, and what goes up of it for every area. */
export interface Part {
  id: string;
  weight: number;
  upward: ArrayLike<number>;
}

export interface Contribution {
  id: string;
  /** w * X of the area: the contributions add up to its score. */
  points: number;
  /** w * (X of the area - mean X): these add up to its score less the mean score. */
  against: number;
}

/**
 * Take the combined score of an area apart, as hyperlocal.analysis.explaining does to the domains.
 *
 * `references` are the places of the areas that it is compared with, such as those of its district;
 * null: all areas. Areas without a score are left out. The parts add up to the combined score, which
 * is the published one unless the index publishes transformed ranks. Where scores are held in single
 * precision, what rounding them left over is shared out by how much each part differs either way.
 */
export function contributions(
  parts: readonly Part[],
  area: number,
  references: Iterable<number> | null = null,
  single = false,
): Contribution[] {
  const scoreOf = (one: number) => {
    const sum = parts.reduce((before, { weight, upward }) => before + weight * upward[one]!, 0);
    return single ? Math.fround(sum) : sum;
  };
  const here = scoreOf(area);
  const total = new Float64Array(parts.length);
  const moved = new Float64Array(parts.length);
  let number = 0;
  for (const one of references ?? allOf(parts)) {
    const change = here - scoreOf(one);
    if (Number.isNaN(change)) continue;
    number++;
    let net = 0;
    let gross = 0;
    parts.forEach(({ weight, upward }, at) => {
      moved[at] = weight * (upward[area]! - upward[one]!);
      net += moved[at]!;
      gross += Math.abs(moved[at]!);
    });
    const left = gross > 0 ? (change - net) / gross : 0;
    moved.forEach((move, at) => (total[at]! += move + Math.abs(move) * left));
  }
  return parts.map(({ id, weight, upward }, at) => ({
    id,
    points: weight * upward[area]!,
    against: total[at]! / number,
  }));
}

function* allOf(parts: readonly Part[]): Iterable<number> {
  const areas = parts[0]?.upward.length ?? 0;
  for (let area = 0; area < areas; area++) yield area;
}
