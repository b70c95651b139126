// A picture of the map.

import type { Colours } from "./palette";

/** What a picture says beside the map. */
export interface Caption {
  title: string;
  /** Colours of CSS, each with what it stands for. */
  legend: readonly { colour: string; label: string }[];
  source: string;
}

const EDGE = 12;
const TITLE = 16;
const SMALL = 11;
const SWATCH = 26;
const BAND = 2 * EDGE + TITLE + 2 * SMALL + 14;

/** Copy what is drawn, which must have been drawn in this very task, below a title and a legend. */
export function picture(
  drawn: HTMLCanvasElement,
  colours: Colours,
  caption: Caption,
  ratio: number,
): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [drawn.width, drawn.height + BAND * ratio];
  const context = canvas.getContext("2d")!;
  context.fillStyle = colours.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, BAND * ratio);
  context.scale(ratio, ratio);
  const [wide, high] = [canvas.width / ratio, canvas.height / ratio];
  context.fillStyle = colours.name;
  context.textBaseline = "top";
  context.font = `600 ${TITLE}px sans-serif`;
  context.fillText(caption.title, EDGE, EDGE, wide - 2 * EDGE);
  drawLegend(context, colours, caption.legend, EDGE + TITLE + 8);
  context.font = `${SMALL}px sans-serif`;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colours.halo;
  context.strokeText(caption.source, wide - 8, high - 6, wide - 16);
  context.fillText(caption.source, wide - 8, high - 6, wide - 16);
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture could be made"))));
  });
}

function drawLegend(
  context: CanvasRenderingContext2D,
  colours: Colours,
  legend: Caption["legend"],
  top: number,
): void {
  context.font = `${SMALL}px sans-serif`;
  context.textAlign = "center";
  legend.forEach(({ colour, label }, place) => {
    const left = EDGE + place * (SWATCH + 2);
    context.fillStyle = colour;
    context.fillRect(left, top, SWATCH, SMALL);
    context.fillStyle = colours.name;
    context.fillText(label, left + SWATCH / 2, top + SMALL + 4);
  });
  context.textAlign = "left";
}
