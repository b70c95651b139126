// Files of arrays, as docs/explorer/files.md describes them.

export type Numbers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

export interface Arrays {
  about: Record<string, unknown>;
  arrays: Map<string, Numbers>;
}

interface Described {
  name: string;
  type: keyof typeof TYPES;
  length: number;
  offset: number;
}

const MAGIC = 0x31414c48; // "HLA1", read as a little-endian number
const TYPES = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** Read a file of arrays; they are views of the buffer, which is not copied. */
export function readArrays(buffer: ArrayBuffer): Arrays {
  const head = new DataView(buffer);
  if (buffer.byteLength < 8 || head.getUint32(0, true) !== MAGIC) {
    throw new Error("not a file of arrays");
  }
  const length = head.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))) as {
    about: Record<string, unknown>;
    arrays: Described[];
  };
  const start = 8 + length;
  const arrays = new Map<string, Numbers>();
  for (const { name, type, length, offset } of header.arrays) {
    arrays.set(name, new TYPES[type](buffer, start + offset, length));
  }
  return { about: header.about, arrays };
}

/** Return one of the arrays of a file; an error where it has none of that name. */
export function arrayOf(file: Arrays, name: string): Numbers {
  const found = file.arrays.get(name);
  if (!found) throw new Error(`the file has no array ${name}`);
  return found;
}

/** Decompress what begins as gzip does; a host may have done so already. */
export async function decompressed(response: Response): Promise<ArrayBuffer> {
  const given = await response.arrayBuffer();
  const [first, second] = new Uint8Array(given, 0, Math.min(2, given.byteLength));
  if (first !== 0x1f || second !== 0x8b) return given;
  const stream = new Blob([given]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
