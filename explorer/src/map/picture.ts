// A picture of the map.

import type { Colours } from "./palette";

/** Copy what is drawn, which must have been drawn in this very task, and say where it comes from. */
export function picture(
  drawn: HTMLCanvasElement,
  colours: Colours,
  text: string,
  ratio: number,
): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [drawn.width, drawn.height];
  const context = canvas.getContext("2d")!;
  context.fillStyle = colours.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, 0);
  context.font = `${11 * ratio}px sans-serif`;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.lineWidth = 3 * ratio;
  context.lineJoin = "round";
  context.strokeStyle = colours.halo;
  context.fillStyle = colours.name;
  const [x, y] = [canvas.width - 8 * ratio, canvas.height - 6 * ratio];
  context.strokeText(text, x, y, canvas.width - 16 * ratio);
  context.fillText(text, x, y, canvas.width - 16 * ratio);
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture could be made"))));
  });
}
