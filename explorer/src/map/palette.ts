// The colours of the map.

/** Which of the two sets of colours is shown. */
export type Theme = "light" | "dark";

/** The colours of a theme beside those of classes. */
export interface Colours {
  background: string;
  /** The borders of small areas. */
  border: string;
  /** The borders of larger areas. */
  outline: string;
  hover: string;
  selected: string;
  compared: string;
  picked: string;
  drawn: string;
  /** Around lines that stand out, and around names. */
  halo: string;
  name: string;
  regionName: string;
}

/** Class 0: no data. Then deciles 1 (most deprived) to 10, by theme.
 *
 * One scale from a deep to a pale colour, of even steps of lightness, through hues that readers
 * with any colour vision tell apart; the most deprived class is the darkest in both themes, and
 * has a contrast of 3:1 or more with the background. */
export const DECILES: Record<Theme, readonly string[]> = {
  light: [
    "#d5d8da",
    "#1f2a5c",
    "#27477f",
    "#2c6698",
    "#3583a6",
    "#4b9fae",
    "#6db8b1",
    "#96ccb5",
    "#b3d8ba",
    "#cfe3c3",
    "#e8ebcd",
  ],
  dark: [
    "#3a4148",
    "#3f66bd",
    "#3f7cc4",
    "#4391c6",
    "#4fa5c5",
    "#65b7c2",
    "#83c7c0",
    "#a3d5c1",
    "#c2e1c7",
    "#deecd3",
    "#f6f5e3",
  ],
};

/** Class 0: no data. Then nine classes of movement: from four deciles or more towards most
 * deprived, over no movement (class 5), to four or more towards least deprived. */
export const MOVEMENT: Record<Theme, readonly string[]> = {
  light: [
    "#d5d8da",
    "#8a3b06",
    "#bf640f",
    "#e39a4a",
    "#f6d0a0",
    "#f1f0ec",
    "#b9dad9",
    "#71b3b5",
    "#2f8489",
    "#0b565c",
  ],
  dark: [
    "#3a4148",
    "#f08a2c",
    "#d3731d",
    "#a95c1f",
    "#79482a",
    "#4b4f54",
    "#2f6467",
    "#2f8489",
    "#4fa8ab",
    "#8ad0d0",
  ],
};

/** The other colours, by theme. */
export const COLOURS: Record<Theme, Colours> = {
  light: {
    background: "#f6f7f8",
    border: "#ffffff",
    outline: "#1c2530",
    hover: "#11161c",
    selected: "#c2185b",
    compared: "#b45f06",
    picked: "#11161c",
    drawn: "#c2185b",
    halo: "#ffffff",
    name: "#1c2530",
    regionName: "#1c2530",
  },
  dark: {
    background: "#0e1217",
    border: "#0e1217",
    outline: "#0a0d11",
    hover: "#ffffff",
    selected: "#ff5c9a",
    compared: "#ffb454",
    picked: "#ffffff",
    drawn: "#ff5c9a",
    halo: "#0e1217",
    name: "#f2f5f7",
    regionName: "#f2f5f7",
  },
};

/** Red, green, blue and opacity of a colour of CSS, each from 0 to 255. */
export function rgba(colour: string): [number, number, number, number] {
  const hex = /^#([0-9a-f]{6})([0-9a-f]{2})?$/i.exec(colour);
  if (hex) {
    const number = parseInt(hex[1]!, 16);
    return [number >> 16, (number >> 8) & 255, number & 255, parseInt(hex[2] ?? "ff", 16)];
  }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d")!;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, opacity] = context.getImageData(0, 0, 1, 1).data;
  return [red!, green!, blue!, opacity!];
}
