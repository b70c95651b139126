// A picture of which area is at each pixel, for machines without a graphics card.
//
// Filling hundreds of thousands of triangles takes them a tenth of a second and more. The picture is
// made once for a view, with a margin around it; other colours, and small moves, only look up in
// it. It is made anew when the map has come to rest, or has moved out of the picture.

import { programOf, textureOf, type Gl, type Program } from "./gpu";
import { PLACES, SHOWN } from "./shaders";

/** Where the picture was taken: its middle and the device pixels of a step of the grid. */
export interface Taken {
  x: number;
  y: number;
  scale: number;
  width: number;
  height: number;
}

const MARGIN = 0.2; // of the view, on every side
const LEAST_COVERED = 0.8; // of the view, while it moves
const MOST_SCALED = 2;

/** Keeps the picture. */
export class PlacePicture {
  readonly places: Program;
  readonly #shown: Program;
  readonly #frame: WebGLFramebuffer;
  readonly #nothing: WebGLVertexArrayObject;
  #texture: WebGLTexture | null = null;
  #taken: (Taken & { key: string }) | null = null;

  constructor(readonly gl: Gl) {
    this.places = programOf(gl, PLACES, ["a_place", "a_area"]);
    this.#shown = programOf(gl, SHOWN, []);
    this.#frame = gl.createFramebuffer();
    this.#nothing = gl.createVertexArray();
  }

  /**
   * Draw a view with the colours of the texture that is bound.
   *
   * `key` says what is drawn but for the view: another one needs another picture. `fill` draws the
   * areas of a view by their places, with the program `places`.
   */
  draw(view: Taken, key: string, moving: boolean, fill: (view: Taken) => void): void {
    if (!this.#serves(view, key, moving)) this.#take(view, key, fill);
    const { gl } = this;
    const taken = this.#taken!;
    const { program, at } = this.#shown;
    const { scale, x, y } = onPicture(taken, view);
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    gl.uniform1i(at("u_colours"), 0);
    gl.uniform1i(at("u_places"), 1);
    gl.uniform3f(at("u_way"), x, y, scale);
    gl.uniform2i(at("u_size"), taken.width, taken.height);
    gl.bindVertexArray(this.#nothing);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.activeTexture(gl.TEXTURE0);
  }

  free(): void {
    this.gl.deleteTexture(this.#texture);
    this.gl.deleteFramebuffer(this.#frame);
    this.gl.deleteVertexArray(this.#nothing);
    this.gl.deleteProgram(this.places.program);
    this.gl.deleteProgram(this.#shown.program);
  }

  #serves(view: Taken, key: string, moving: boolean): boolean {
    const taken = this.#taken;
    if (taken?.key !== key) return false;
    const covered = coverage(taken, view);
    const scaled = taken.scale / view.scale;
    if (!moving) return scaled === 1 && covered === 1;
    return covered >= LEAST_COVERED && scaled <= MOST_SCALED && scaled >= 1 / MOST_SCALED;
  }

  #take(view: Taken, key: string, fill: (view: Taken) => void): void {
    const { gl } = this;
    const width = Math.round(view.width * (1 + 2 * MARGIN));
    const height = Math.round(view.height * (1 + 2 * MARGIN));
    const target = gl.getParameter(gl.FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
    if (this.#taken?.width !== width || this.#taken.height !== height) {
      gl.deleteTexture(this.#texture);
      gl.activeTexture(gl.TEXTURE1);
      this.#texture = textureOf(gl);
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32UI, width, height);
      gl.activeTexture(gl.TEXTURE0);
    }
    this.#taken = { ...view, width, height, key };
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    const kind = gl.COLOR_ATTACHMENT0;
    gl.framebufferTexture2D(gl.FRAMEBUFFER, kind, gl.TEXTURE_2D, this.#texture, 0);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearBufferuiv(gl.COLOR, 0, new Uint32Array(4));
    fill(this.#taken);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, view.width, view.height);
  }
}

/** How pixels of a view, counted from its lower left corner, lie on a picture. */
export function onPicture(taken: Taken, view: Taken): { scale: number; x: number; y: number } {
  const scale = taken.scale / view.scale;
  const x = (taken.width - view.width * scale) / 2 + (view.x - taken.x) * taken.scale;
  const y = (taken.height - view.height * scale) / 2 - (view.y - taken.y) * taken.scale;
  return scale === 1 ? { scale, x: Math.round(x), y: Math.round(y) } : { scale, x, y };
}

/** Which share of a view a picture covers. */
export function coverage(taken: Taken, view: Taken): number {
  const { scale, x, y } = onPicture(taken, view);
  const wide = Math.min(taken.width, x + view.width * scale) - Math.max(0, x);
  const high = Math.min(taken.height, y + view.height * scale) - Math.max(0, y);
  if (wide <= 0 || high <= 0) return 0;
  return (wide * high) / (view.width * view.height * scale * scale);
}
