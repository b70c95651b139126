import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { licences } from "./licences.ts";

const { collect, write } = licences("licences.md");

// The built explorer is packaged with the Python package, which copies it beside the data of a site.
export default defineConfig({
  base: "./",
  plugins: [svelte(), collect(), write],
  build: {
    outDir: "../src/hyperlocal/explorer/assets",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es", plugins: () => [collect()] },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
