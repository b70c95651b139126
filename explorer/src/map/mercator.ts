// Degrees and the Web Mercator square, which goes from 0 to 1 from the north-west.

/** A longitude and a latitude, in degrees. */
export type Place = readonly [longitude: number, latitude: number];
/** West, south, east and north, in degrees. */
export type Bounds = [west: number, south: number, east: number, north: number];

/** How far east of the western edge a longitude lies. */
export const mercatorX = (longitude: number): number => (longitude + 180) / 360;

/** How far south of the northern edge a latitude lies. */
export const mercatorY = (latitude: number): number =>
  0.5 - Math.atanh(Math.sin((latitude * Math.PI) / 180)) / (2 * Math.PI);

/** The longitude of a place in the square. */
export const longitudeOf = (x: number): number => x * 360 - 180;

/** The latitude of a place in the square. */
export const latitudeOf = (y: number): number =>
  (Math.asin(Math.tanh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
