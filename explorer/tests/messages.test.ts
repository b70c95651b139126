import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import cy from "../src/messages/cy.json";
import en from "../src/messages/en.json";

const SOURCES = new URL("../src/", import.meta.url).pathname;
const ALIKE = ["map.label", "decile.short", "score"]; // may be spelt alike in both languages

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(entry.name) ? [readFileSync(path, "utf-8")] : [];
  });
}

describe("messages", () => {
  it("are there in both languages", () => {
    expect(Object.keys(cy)).toEqual(Object.keys(en));
    for (const text of [...Object.values(en), ...Object.values(cy)]) expect(text).not.toBe("");
  });

  it.each(Object.keys(en))("have the same places to fill: %s", (key) => {
    const [english, welsh] = [en, cy].map((one) => (one as Record<string, string>)[key] ?? "");
    const optional = key.endsWith(".one"); // "1 area" says its number itself
    if (!optional) expect(placeholders(welsh ?? "")).toEqual(placeholders(english ?? ""));
  });

  it("are translated", () => {
    const same = Object.entries(en).filter(
      ([key, text]) => (cy as Record<string, string>)[key] === text && !ALIKE.includes(key),
    );
    expect(same).toEqual([]);
  });

  it("are all used", () => {
    const all = sources(SOURCES).join("\n");
    const unused = Object.keys(en).filter((key) => {
      if (all.includes(`"${key}"`)) return false;
      const base = key.replace(/\.(one|other)$/, "");
      if (base !== key && all.includes(`"${base}"`)) return false;
      // keys that are made up as the program runs: `view.${view}`
      const made = [...all.matchAll(/`([a-z_]+)\.\$\{/g)].map(([, prefix]) => `${prefix}.`);
      return !made.some((prefix) => key.startsWith(prefix));
    });
    expect(unused).toEqual([]);
  });
});
