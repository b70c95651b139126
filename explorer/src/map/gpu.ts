// Programs, buffers and textures of WebGL 2.

import type { Lines } from "./lines";
import type { Mesh } from "./mesh";
import { COLOURS_WIDE, LINES_WIDE } from "./shaders";

export type Gl = WebGL2RenderingContext;

/** A program and where its uniforms are. */
export interface Program {
  program: WebGLProgram;
  at: (name: string) => WebGLUniformLocation | null;
}

/** Compile a program; places of attributes are given in order. */
export function programOf(
  gl: Gl,
  source: { vertex: string; fragment: string },
  attributes: readonly string[],
): Program {
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, source.vertex],
    [gl.FRAGMENT_SHADER, source.fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error("the graphics context is lost");
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  attributes.forEach((name, i) => gl.bindAttribLocation(program, i, name));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) ?? "the program cannot be linked");
  }
  const found = new Map<string, WebGLUniformLocation | null>();
  const at = (name: string) => {
    if (!found.has(name)) found.set(name, gl.getUniformLocation(program, name));
    return found.get(name)!;
  };
  return { program, at };
}

function bufferOf(gl: Gl, kind: number, data: ArrayBufferView): WebGLBuffer {
  const buffer = gl.createBuffer();
  gl.bindBuffer(kind, buffer);
  gl.bufferData(kind, data, gl.STATIC_DRAW);
  return buffer;
}

/** Lines on the graphics card: a texture of their ends. */
export class GpuLines {
  readonly #array: WebGLVertexArrayObject;
  readonly #texture: WebGLTexture;
  /** Where the lines of each chunk begin and end. */
  readonly ranges: readonly [number, number][];

  constructor(
    readonly gl: Gl,
    { lines, ranges }: Lines,
  ) {
    this.ranges = ranges;
    this.#array = gl.createVertexArray(); // without attributes
    gl.activeTexture(gl.TEXTURE0);
    this.#texture = textureOf(gl);
    unpackPlainly(gl);
    const many = lines.length / 4;
    const high = Math.max(1, Math.ceil(many / LINES_WIDE));
    const [kind, format] = [gl.FLOAT, gl.RGBA];
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, LINES_WIDE, high);
    const whole = Math.floor(many / LINES_WIDE);
    const rest = lines.subarray(4 * whole * LINES_WIDE);
    if (whole) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, LINES_WIDE, whole, format, kind, lines);
    if (rest.length) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, whole, rest.length / 4, 1, format, kind, rest);
    }
  }

  /** Draw the lines of some ranges. */
  draw(ranges: readonly (readonly [number, number])[]): void {
    const { gl } = this;
    gl.bindVertexArray(this.#array);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    for (const [from, to] of ranges) {
      if (to > from) gl.drawArrays(gl.TRIANGLES, 6 * from, 6 * (to - from));
    }
  }

  free(): void {
    this.gl.deleteVertexArray(this.#array);
    this.gl.deleteTexture(this.#texture);
  }
}

/** A mesh on the graphics card: its areas, and its borders. */
export class GpuMesh {
  readonly borders: GpuLines;
  readonly #array: WebGLVertexArrayObject;
  readonly #buffers: WebGLBuffer[];

  constructor(
    readonly gl: Gl,
    readonly mesh: Mesh,
  ) {
    this.#array = gl.createVertexArray();
    gl.bindVertexArray(this.#array);
    const places = bufferOf(gl, gl.ARRAY_BUFFER, mesh.places);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 8, 0);
    const areas = bufferOf(gl, gl.ARRAY_BUFFER, mesh.areaOf);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_INT, 4, 0);
    const triangles = bufferOf(gl, gl.ELEMENT_ARRAY_BUFFER, mesh.triangles);
    gl.bindVertexArray(null);
    this.#buffers = [places, areas, triangles];
    this.borders = new GpuLines(gl, {
      lines: mesh.borders,
      ranges: mesh.chunks.map((c) => c.borders),
    });
  }

  /** Draw the areas of some chunks. */
  draw(chunks: readonly number[]): void {
    const { gl, mesh } = this;
    gl.bindVertexArray(this.#array);
    const ranges = joined(chunks.map((chunk) => mesh.chunks[chunk]!.triangles));
    for (const [from, to] of ranges) {
      if (to > from) gl.drawElements(gl.TRIANGLES, to - from, gl.UNSIGNED_INT, 4 * from);
    }
  }

  free(): void {
    this.gl.deleteVertexArray(this.#array);
    for (const buffer of this.#buffers) this.gl.deleteBuffer(buffer);
    this.borders.free();
  }
}

/** Put ranges that follow each other together. */
export function joined(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const found: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = found.at(-1);
    if (last && last[1] === from) last[1] = to;
    else found.push([from, to]);
  }
  return found;
}

/** A texture of which single texels are looked up. */
export function textureOf(gl: Gl): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  }
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  }
  return texture;
}

/** How many rows the texture of colours has. */
export const colourRows = (areas: number): number => Math.max(1, Math.ceil(areas / COLOURS_WIDE));

/** Begin writing into a texture, with nothing that was set elsewhere. */
export function unpackPlainly(gl: Gl): void {
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  gl.bindBuffer(gl.PIXEL_UNPACK_BUFFER, null);
}
