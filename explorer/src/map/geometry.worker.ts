// Reads boundaries and makes them ready for drawing, away from the thread that answers the reader.

import { decompressed, readArrays } from "../data/arrays";
import { meshOfFile } from "./file";
import { buffersOf, type Mesh } from "./mesh";

/** What the worker is asked. */
export interface Asked {
  id: number;
  url: string;
}

/** What the worker answers. */
export type Answered = { id: number; mesh: Mesh } | { id: number; error: string };

const here = self as unknown as DedicatedWorkerGlobalScope;

here.addEventListener("message", (event: MessageEvent<Asked>) => {
  const { id, url } = event.data;
  answer(url).then(
    (mesh) => here.postMessage({ id, mesh } satisfies Answered, buffersOf(mesh)),
    (error: unknown) => here.postMessage({ id, error: String(error) } satisfies Answered),
  );
});

async function answer(url: string): Promise<Mesh> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return meshOfFile(readArrays(await decompressed(response)));
}
