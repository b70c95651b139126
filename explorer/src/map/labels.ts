// The names of larger areas on the map: MapLibre places them so that they do not overlap.

import type {
  GeoJSONSource,
  GeoJSONSourceSpecification,
  Map as MapLibre,
  SymbolLayerSpecification,
} from "maplibre-gl";
import type { Geometry } from "./geometry";
import { COLOURS, type Theme } from "./palette";

type GeoJSONData = Exclude<GeoJSONSourceSpecification["data"], string>;

/** Names of larger areas by the id of their kind; null where there is no name. */
export type Names = Readonly<Record<string, readonly (string | null)[]>>;

const FONT = ["Segoe UI Semibold", "Helvetica Neue", "Arial", "Noto Sans"];
/** The zooms between which the names of the largest and of smaller kinds are shown. */
const ZOOMS = { largest: [0, 8], smaller: [7, 24] } as const;

/** Show names of larger areas; the source and the layers are made where they are missing. */
export function showNames(map: MapLibre, geometry: Geometry, names: Names, theme: Theme): void {
  const groups = Object.keys(geometry.groups);
  groups.forEach((group, i) => {
    const source = `names-${group}`;
    const data = featuresOf(geometry, group, names[group] ?? []);
    const held = map.getSource<GeoJSONSource>(source);
    if (held) held.setData(data);
    else {
      map.addSource(source, { type: "geojson", data, maxzoom: 12 });
      map.addLayer(layerOf(source, i === groups.length - 1 && groups.length > 1, theme));
    }
  });
}

/** Give names the colours of a theme. */
export function colourNames(map: MapLibre, geometry: Geometry, theme: Theme): void {
  const groups = Object.keys(geometry.groups);
  groups.forEach((group, i) => {
    const id = `names-${group}`;
    if (!map.getLayer(id)) return;
    const { name, regionName, halo } = COLOURS[theme];
    const largest = i === groups.length - 1 && groups.length > 1;
    map.setPaintProperty(id, "text-color", largest ? regionName : name);
    map.setPaintProperty(id, "text-halo-color", halo);
  });
}

function featuresOf(
  geometry: Geometry,
  group: string,
  names: readonly (string | null)[],
): GeoJSONData {
  const sizes = new Map<number, number>();
  for (const place of geometry.groups[group]?.of ?? []) {
    sizes.set(place, (sizes.get(place) ?? 0) + 1);
  }
  const features = geometry.labelsOf(group).flatMap((label, place) => {
    const name = names[place];
    if (!label || !name) return [];
    const properties = { name, first: -(sizes.get(place) ?? 0) };
    return [{ type: "Feature", properties, geometry: { type: "Point", coordinates: [...label] } }];
  });
  return { type: "FeatureCollection", features };
}

function layerOf(source: string, largest: boolean, theme: Theme): SymbolLayerSpecification {
  const { name, regionName, halo } = COLOURS[theme];
  const [from, to] = largest ? ZOOMS.largest : ZOOMS.smaller;
  return {
    id: source,
    type: "symbol",
    source,
    minzoom: from,
    maxzoom: to,
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": [
        "interpolate",
        ["linear"],
        ["zoom"],
        5,
        largest ? 11 : 10,
        9,
        largest ? 17 : 13,
        12,
        16,
      ],
      "text-letter-spacing": largest ? 0.08 : 0.01,
      "text-transform": largest ? "uppercase" : "none",
      "text-max-width": 8,
      "text-padding": largest ? 4 : 6,
      "symbol-sort-key": ["get", "first"],
    },
    paint: {
      "text-color": largest ? regionName : name,
      "text-halo-color": halo,
      "text-halo-width": 1.6,
      "text-halo-blur": 0.4,
    },
  };
}
