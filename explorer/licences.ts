// The licences of what is bundled, in one file beside it: also of what only a worker imports, which
// Vite's own list leaves out.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

interface Package {
  name: string;
  version: string;
  license: string;
}

/** Make two plugins: one for the page and its workers, that sees what is bundled; one that writes. */
export function licences(fileName: string): { collect: () => Plugin; write: Plugin } {
  const folders = new Set<string>();
  return {
    collect: () => ({
      name: "licences-collect",
      moduleParsed({ id }) {
        const folder = packageOf(id);
        if (folder) folders.add(folder);
      },
    }),
    write: {
      name: "licences-write",
      apply: "build",
      generateBundle() {
        const source = [...folders].sort().map(described).join("\n");
        this.emitFile({
          type: "asset",
          fileName,
          source: `# Licences of what is bundled\n\n${source}`,
        });
      },
    },
  };
}

function packageOf(id: string): string | null {
  if (!id.includes("/node_modules/")) return null;
  let folder = dirname(id.replace(/^\0/, "").replace(/\?.*$/, ""));
  while (folder.includes("/node_modules/")) {
    const file = join(folder, "package.json");
    if (existsSync(file) && "name" in JSON.parse(readFileSync(file, "utf-8"))) return folder;
    folder = dirname(folder);
  }
  return null;
}

function described(folder: string): string {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8")) as Package;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? readFileSync(join(folder, file), "utf-8").trim() : "";
  return `## ${about.name} ${about.version} (${about.license})\n\n${text}\n`;
}
