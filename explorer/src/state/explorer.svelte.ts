// What the explorer shows: the site, what was loaded of it, and what the reader chose.

import { arrayOf, type Numbers } from "../data/arrays";
import type {
  AreaList,
  Combination,
  GroupList,
  NodeColumns,
  Site,
  SiteFiles,
  SiteNode,
  SiteVersion,
} from "../data/site";
import { SearchIndex } from "../find/search";
import { PostcodeTable } from "../postcodes/table";
import type { Target } from "../map/AreaMap";
import { spoken } from "../messages/messages.svelte";
import type { Part } from "../methods/decompose";
import { Reweighing, type Reweighed } from "../methods/reweigh";
import { Latest } from "./latest";
import { changedOnly, linked, ofLink, usable, type Weights } from "./weights";
import {
  MOST_AREAS,
  VIEWS,
  type Colouring,
  type Link,
  type Other,
  type Place,
  type View,
} from "./link";

/** Where the map is asked to go; a new object each time. */
export interface Going {
  target: Target | { areas: readonly number[] };
  /** A place of which the area is chosen, in degrees. */
  at?: [longitude: number, latitude: number];
}

const AUTHORITIES = /^(ltla|lad|la|ca)\d*$/;

/** The views that stay when an area is chosen. */
const STAYING: readonly View[] = ["weights", "compare", "table"];

export class Explorer {
  readonly nodes: Map<string, SiteNode>;
  readonly root: SiteNode;
  readonly postcodes: PostcodeTable | null;
  /** The kinds of larger areas, the smallest first, each with its list. */
  readonly groups: readonly { id: string; list: GroupList }[];
  /** The kind of larger areas that are called districts: local authorities, or else the smallest. */
  readonly districtKind: { id: string; list: GroupList } | null;
  readonly domains: readonly SiteNode[];
  /** The nodes that areas are ranked by, parents before children. */
  readonly ranked: readonly SiteNode[];
  /** The combinations whose weights can be changed, the index first. */
  readonly adjustable: [string, Combination][];
  /** The views that this site has. */
  readonly views: readonly View[];
  readonly #places: Map<string, number>;

  view = $state<View>("area");
  node = $state<string>("");
  colouring = $state<Colouring>("decile");
  hotSpots = $state<0 | 10 | 20>(0);
  area = $state<number | null>(null);
  other = $state<Other>(null);
  district = $state<{ group: string; place: number } | null>(null);
  version = $state<string | null>(null);
  weights = $state.raw<Weights>(new Map());
  mine = $state.raw<ReadonlySet<number>>(new Set());
  picking = $state(false);
  drawing = $state(false);
  place = $state.raw<Place | null>(null);
  going = $state.raw<Going | null>(null);
  said = $state(""); // what a screen reader is told
  /** Rank and decile of the node that is shown in the version that is compared with. */
  before = $state.raw<{ rank: Numbers; decile: Numbers } | null>(null);
  trouble = $state(""); // what could not be loaded
  readonly #shows = new Latest();
  readonly #befores = new Latest();

  #columns = $state.raw<ReadonlyMap<string, NodeColumns>>(new Map());
  #changed = $state.raw<ReadonlyMap<string, Reweighed>>(new Map());
  #reweighing: Promise<Reweighing> | null = null;
  #ready = $state.raw<Reweighing | null>(null);
  #finder: Promise<SearchIndex> | null = null;
  populations = $state.raw<ReadonlyMap<string, Float64Array> | null>(null);

  constructor(
    readonly files: SiteFiles,
    readonly site: Site,
    readonly areas: AreaList,
  ) {
    this.nodes = new Map(site.nodes.map((node) => [node.id, node]));
    this.root = this.nodeOf(site.root);
    this.node = site.root;
    this.postcodes = site.postcodes ? new PostcodeTable(files, site.postcodes) : null;
    this.#places = new Map(areas.codes.map((code, place) => [code, place]));
    this.groups = site.groups.flatMap(({ id }) => {
      const list = areas.groups[id];
      return list ? [{ id, list }] : [];
    });
    this.districtKind =
      this.groups.find(({ id }) => AUTHORITIES.test(id)) ?? this.groups[0] ?? null;
    this.domains = site.nodes.filter((node) => node.parent === site.root && node.weight !== null);
    this.ranked = site.nodes.filter((node) => node.file !== null);
    this.adjustable = site.nodes.flatMap(({ id }) => {
      const one = site.combinations[id];
      return one?.adjustable && one.children.length > 1 ? [[id, one] as [string, Combination]] : [];
    });
    this.views = VIEWS.filter((view) => {
      if (view === "weights") return this.adjustable.length > 0;
      if (view === "districts") return this.groups.length > 0;
      return view !== "postcodes" || site.postcodes !== null;
    });
  }

  /** The node that is shown. */
  get shown(): SiteNode {
    return this.nodeOf(this.node);
  }

  get reweighed(): boolean {
    return this.#changed.size > 0;
  }

  /** What was computed of a node under the reader's weights; null where it is as published. */
  reweighedNode(id: string): Reweighed | null {
    return this.#changed.get(id) ?? null;
  }

  nodeOf(id: string): SiteNode {
    const node = this.nodes.get(id);
    if (!node) throw new Error(`the site has no node ${id}`);
    return node;
  }

  childrenOf(id: string): SiteNode[] {
    return this.site.nodes.filter((node) => node.parent === id);
  }

  placeOf(code: string): number | null {
    return this.#places.get(code) ?? null;
  }

  versionOf(id: string | null): SiteVersion | null {
    return this.site.versions.find((one) => one.id === id) ?? null;
  }

  titleOf(node: SiteNode): string {
    return (spoken.language === "cy" ? node.title_cy : null) ?? node.title;
  }

  get title(): string {
    return (spoken.language === "cy" ? this.site.title_cy : null) ?? this.site.title;
  }

  areaName(place: number): string {
    const welsh = spoken.language === "cy" ? this.areas.names_cy?.[place] : null;
    return welsh ?? this.areas.names[place] ?? this.areas.codes[place] ?? "";
  }

  groupName(group: string, place: number): string {
    const list = this.areas.groups[group];
    const welsh = spoken.language === "cy" ? list?.names_cy?.[place] : null;
    return welsh ?? list?.names[place] ?? list?.codes[place] ?? "";
  }

  /** The larger areas in which an area lies, the smallest first. */
  groupsOf(area: number): { group: string; place: number; name: string }[] {
    return this.groups.flatMap(({ id, list }) => {
      const place = list.of[area] ?? -1;
      return place < 0 ? [] : [{ group: id, place, name: this.groupName(id, place) }];
    });
  }

  /** The district of an area; null where it lies in none. */
  districtOf(area: number): { group: string; place: number; name: string } | null {
    return this.groupsOf(area).find(({ group }) => group === this.districtKind?.id) ?? null;
  }

  areasOfGroup(group: string, place: number): number[] {
    const list = this.areas.groups[group];
    return list ? list.of.flatMap((one, area) => (one === place ? [area] : [])) : [];
  }

  /** The numbers of a node as they now are; null until they are loaded. */
  columns(id: string): NodeColumns | null {
    return this.#changed.get(id) ?? this.#columns.get(id) ?? null;
  }

  /** The published numbers of a node; null until they are loaded. */
  published(id: string): NodeColumns | null {
    return this.#columns.get(id) ?? null;
  }

  /** Let work go on in the background, and say so where it fails. */
  attempt(work: Promise<unknown>): void {
    work.catch(this.#fail);
  }

  readonly #fail = (error: unknown): void => {
    this.trouble = error instanceof Error ? error.message : String(error);
  };

  /** Show a node once its numbers are there; of several that are asked for, the last. */
  show(id: string): void {
    const shown = (): void => {
      this.node = id;
      const there = this.versionOf(this.version)?.nodes.includes(id);
      if (this.colouring === "change" && !there) this.colouring = "decile";
    };
    this.#shows.ask(this.load(id), shown, this.#fail);
  }

  async load(...ids: string[]): Promise<void> {
    const wanted = ids.filter((id) => !this.#columns.has(id) && this.nodeOf(id).file);
    if (!wanted.length) return;
    const found = await Promise.all(wanted.map((id) => this.files.node(this.nodeOf(id))));
    const columns = new Map(this.#columns);
    wanted.forEach((id, index) => {
      const one = found[index];
      if (one) columns.set(id, one);
    });
    this.#columns = columns;
  }

  /** Load what the version that is compared with says of the node that is shown. */
  loadBefore(): void {
    const [version, node] = [this.versionOf(this.version), this.node];
    this.before = null;
    this.#befores.forget();
    if (!version?.nodes.includes(node)) return;
    const read = this.files.arrays(version.file).then((file) => ({
      rank: arrayOf(file, `${node}_rank`),
      decile: arrayOf(file, `${node}_decile`),
    }));
    this.#befores.ask(read, (found) => (this.before = found), this.#fail);
  }

  async loadPopulations(): Promise<void> {
    if (this.populations || !this.site.populations.length) return;
    const file = await this.files.arrays("populations.bin.gz");
    this.populations = new Map(
      this.site.populations.map(({ id }) => [id, arrayOf(file, id) as Float64Array]),
    );
  }

  /** The population that weighs a node's summaries; null where there is none. */
  populationOf(node: SiteNode): Float64Array | null {
    const first = this.site.populations[0]?.id ?? "";
    return this.populations?.get(node.population ?? first) ?? null;
  }

  /** What is searched, made ready when it is first asked for. */
  finder(): Promise<SearchIndex> {
    this.#finder ??= this.files.places(this.site).then(
      (places) =>
        new SearchIndex({
          areas: this.areas,
          groups: this.groups.map(({ id }) => id).reverse(),
          places,
        }),
    );
    return this.#finder;
  }

  /** Choose an area, and bring it into sight unless it is there. */
  select(area: number | null, show = true): void {
    this.area = area;
    if (area === null) return;
    if (!STAYING.includes(this.view)) this.view = "area";
    if (show) this.going = { target: { area } };
  }

  /** Choose a larger area, and bring it into sight; null: none. */
  choose(district: { group: string; place: number } | null): void {
    this.district = district;
    if (district) this.going = { target: district };
  }

  // the weights

  /** Load what changing weights needs. */
  async prepareWeights(): Promise<void> {
    if (!this.site.combinations[this.site.root]?.adjustable) return; // nothing goes up that is shown
    this.#reweighing ??= this.files
      .arrays("upward.bin.gz")
      .then((file) => new Reweighing(this.site.combinations, this.site.root, file.arrays));
    const ready = await this.#reweighing;
    if (this.#ready) return;
    const published = this.site.combinations[this.site.root]?.weights ?? [];
    ready.compute(new Map([[this.site.root, published]])); // the first time is slow
    this.#ready = ready;
    this.#compute();
  }

  weightsOf(id: string): readonly number[] {
    return this.weights.get(id) ?? this.site.combinations[id]?.weights ?? [];
  }

  setWeight(id: string, child: number, weight: number): void {
    const weights = [...this.weightsOf(id)];
    weights[child] = weight;
    this.setWeights(new Map(this.weights).set(id, weights));
  }

  setWeights(weights: Weights): void {
    this.weights = changedOnly(weights, this.site.combinations);
    if (this.#ready) this.#compute();
    else if (this.weights.size) this.attempt(this.prepareWeights());
  }

  #compute(): void {
    const given = [...this.weights].filter(([, weights]) => usable(weights));
    this.#changed =
      this.#ready && given.length ? this.#ready.compute(new Map(given)).nodes : new Map();
  }

  /** What the index is added up from, as the weights now are; null until it is loaded. */
  get parts(): Part[] | null {
    const ready = this.#ready;
    const combination = this.site.combinations[this.site.root];
    if (!ready || !combination) return null;
    const own = this.weights.get(this.site.root);
    const weights = ready.weights(this.site.root, own && usable(own) ? own : undefined);
    return combination.children.map((id, place) => {
      return { id, weight: weights[place] ?? 0, upward: ready.upwardOf(id, this.#changed) };
    });
  }

  // the link

  get link(): Link {
    const district = this.district;
    const list = district ? this.areas.groups[district.group] : null;
    const code = district ? list?.codes[district.place] : null;
    return {
      view: this.view,
      node: this.node === this.site.root ? null : this.node,
      colouring: this.colouring,
      hotSpots: this.hotSpots,
      area: this.area === null ? null : (this.areas.codes[this.area] ?? null),
      other: this.other,
      district: district && code ? { group: district.group, code } : null,
      version: this.version,
      weights: linked(this.weights, this.site.combinations),
      mine:
        this.mine.size > MOST_AREAS
          ? null
          : [...this.mine].flatMap((place) => this.areas.codes[place] ?? []),
      place: this.place,
      language: spoken.language === "en" ? null : spoken.language,
    };
  }

  /** Show what a link says, as far as this site has it. */
  follow(link: Link): void {
    const node = link.node ? this.nodes.get(link.node) : null;
    this.view = this.views.includes(link.view) ? link.view : "area";
    this.node = node?.file ? node.id : this.site.root;
    this.version = this.versionOf(link.version)?.id ?? null;
    this.colouring = link.colouring === "change" && !this.version ? "decile" : link.colouring;
    this.hotSpots = link.hotSpots;
    this.area = link.area ? this.placeOf(link.area) : null;
    this.other = this.#known(link.other);
    const groups = link.district ? this.groupsCalled(link.district.group) : null;
    const place = groups?.codes.indexOf(link.district?.code ?? "") ?? -1;
    this.district = link.district && place >= 0 ? { group: link.district.group, place } : null;
    if (link.mine) this.mine = new Set(link.mine.flatMap((code) => this.placeOf(code) ?? []));
    this.setWeights(ofLink(link.weights, this.adjustable));
    this.place = link.place;
    if (!link.place) this.going = this.#target();
    if (link.language) spoken.language = link.language;
  }

  /** The larger areas of a kind; null where a link names a kind that is not there. */
  groupsCalled(group: string): GroupList | null {
    return Object.hasOwn(this.areas.groups, group) ? (this.areas.groups[group] ?? null) : null;
  }

  /** What a link without a place on the map brings into sight. */
  #target(): Going | null {
    if (this.view === "mine" && this.mine.size) return { target: { areas: [...this.mine] } };
    if (this.area !== null) return { target: { area: this.area } };
    return this.district ? { target: this.district } : null;
  }

  #known(other: Other): Other {
    if (other?.kind === "area") return this.placeOf(other.code) === null ? null : other;
    return other && this.groupsCalled(other.group) ? other : null;
  }
}
