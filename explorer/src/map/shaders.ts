// The programs that draw areas and lines. Places are in steps of the grid; the centre of the view
// comes as a whole step and what is left, so that differences are exact however close one looks.

const TO_PIXELS = `
uniform vec4 u_centre; // whole steps, then the rest
uniform float u_scale; // device pixels of a step
uniform vec2 u_half; // half of the view, in device pixels
vec2 pixels(vec2 place) { return ((place - u_centre.xy) - u_centre.zw) * u_scale; }
vec4 clip(vec2 pixel) { return vec4(pixel / u_half * vec2(1.0, -1.0), 0.0, 1.0); }
`;

/** How wide the texture of colours is. */
export const COLOURS_WIDE = 1024;
/** How wide the textures of lines are. */
export const LINES_WIDE = 2048;

/** Areas: the colour of each lies in a texture, at its place. */
export const AREAS = {
  vertex: `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D u_colours;
${TO_PIXELS}
in vec2 a_place;
in uint a_area;
flat out vec4 v_colour;
void main() {
  gl_Position = clip(pixels(a_place));
  int area = int(a_area);
  v_colour = texelFetch(u_colours, ivec2(area % ${COLOURS_WIDE}, area / ${COLOURS_WIDE}), 0);
}`,
  fragment: `#version 300 es
precision mediump float;
flat in vec4 v_colour;
out vec4 colour;
void main() { colour = v_colour; }`,
};

/** Areas by their places, from 1 on: 0 is none. */
export const PLACES = {
  vertex: `#version 300 es
precision highp float;
precision highp int;
${TO_PIXELS}
in vec2 a_place;
in uint a_area;
flat out uint v_area;
void main() {
  gl_Position = clip(pixels(a_place));
  v_area = a_area;
}`,
  fragment: `#version 300 es
precision highp int;
flat in uint v_area;
out uint place;
void main() { place = v_area + 1u; }`,
};

/** A picture of places, shown in the colours of the areas. */
export const SHOWN = {
  vertex: `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`,
  fragment: `#version 300 es
precision highp float;
precision highp int;
uniform highp usampler2D u_places;
uniform mediump sampler2D u_colours;
uniform vec3 u_way; // from pixels of the view to those of the picture: a shift, and a factor
uniform ivec2 u_size;
out vec4 colour;
void main() {
  ivec2 at = ivec2(floor(gl_FragCoord.xy * u_way.z + u_way.xy));
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, u_size))) discard;
  uint place = texelFetch(u_places, at, 0).r;
  if (place == 0u) discard;
  int area = int(place) - 1;
  colour = texelFetch(u_colours, ivec2(area % ${COLOURS_WIDE}, area / ${COLOURS_WIDE}), 0);
}`,
};

/** Lines: every one a rectangle, with smooth edges and round ends. Their ends are looked up in a
 * texture: drawing them as instances is very slow where there is no graphics card. */
export const LINES = {
  vertex: `#version 300 es
precision highp float;
${TO_PIXELS}
uniform float u_width;
uniform highp sampler2D u_lines; // both ends of each line
out vec2 v_along;
flat out float v_length;
void main() {
  int line = gl_VertexID / 6;
  int corner = gl_VertexID % 6; // two triangles: 0 1 2 and 2 1 3
  corner = corner == 3 ? 2 : corner == 4 ? 1 : corner == 5 ? 3 : corner;
  vec4 ends = texelFetch(u_lines, ivec2(line % ${LINES_WIDE}, line / ${LINES_WIDE}), 0);
  vec2 from = pixels(ends.xy);
  vec2 to = pixels(ends.zw);
  float reach = u_width * 0.5 + 1.0;
  v_length = distance(from, to);
  vec2 way = v_length > 0.0 ? (to - from) / v_length : vec2(1.0, 0.0);
  float along = corner < 2 ? -reach : v_length + reach;
  float aside = corner % 2 == 0 ? -reach : reach;
  v_along = vec2(along, aside);
  gl_Position = clip(from + way * along + vec2(-way.y, way.x) * aside);
}`,
  fragment: `#version 300 es
precision highp float;
uniform vec4 u_colour;
uniform float u_width;
uniform float u_round;
in vec2 v_along;
flat in float v_length;
out vec4 colour;
void main() {
  float past = v_along.x - clamp(v_along.x, 0.0, v_length);
  float far = length(vec2(past, v_along.y));
  float cover = clamp((u_width + 1.0) * 0.5 - far, 0.0, 1.0);
  if (u_round < 0.5) cover *= clamp(1.0 - abs(past), 0.0, 1.0) * step(abs(past), 0.5);
  float opacity = u_colour.a * cover;
  if (opacity <= 0.0) discard;
  colour = vec4(u_colour.rgb * opacity, opacity);
}`,
};
