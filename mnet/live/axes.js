// The axes of a picture: where values lie on the canvas, which ticks they have, what they take around them.

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
/** @typedef {Record<string, any>} Mark what a method of picture.py's Axes noted */
/** @typedef {Record<string, any>} Look what picture.py's `set` and `legend` noted */
/** @typedef {{rect: number[], look: Look, legend: Look | null, marks: Mark[], parts: Plot[], box?: Box}} Plot */
/** @typedef {{g: CanvasRenderingContext2D, colour: (name: string) => string}} Pen */

export const TYPE = 13; // pixels of text that matplotlib writes in 12 points: the page's type
export const LINE = 1.25 * TYPE;

/** Return where a value lies along an axis, from 0 to 1.
 * @param {Plot} plot @param {"x" | "y"} axis @returns {(value: number) => number} */
function along({ look }, axis) {
  const number = look[`${axis}scale`] ? Math.log10 : (/** @type {number} */ value) => value;
  const [low, high] = look[`${axis}lim`].map(number);
  return (value) => (number(value) - low) / (high - low || 1);
}

/** Return where x and y lie on the canvas.
 * @param {Plot} plot @returns {[(x: number) => number, (y: number) => number]} */
export function places(plot) {
  const [x, y] = [along(plot, "x"), along(plot, "y")];
  const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
  // A canvas loses its way farther off.
  const near = (/** @type {number} */ pixels) => Math.min(Math.max(pixels, -1e5), 1e5);
  return [
    (value) => near(left + x(value) * (right - left)),
    (value) => near(bottom - y(value) * (bottom - top)),
  ];
}

/** @param {number} low @param {number} high @param {number} most @returns {number[]} */
function even(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from(
    { length: Math.floor(high / step + 1e-9) - first + 1 },
    (_, k) => +((first + k) * step).toPrecision(8),
  );
}

/** @param {number} low @param {number} high @param {number} most @returns {number[]} */
function decades(low, high, most) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.ceil((last - first + 1) / most) || 1;
  const found = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => 10 ** (first + k));
  const labelled = found.filter((_, k) => k % every === 0).map((value) => +value.toPrecision(1));
  return labelled.length > 1 ? labelled : even(low, high, most).filter((value) => value > 0);
}

/** @param {Plot} plot @param {"x" | "y"} axis @returns {number[]} */
export function ticks({ look, box }, axis) {
  if (look.off) return [];
  if (look[`${axis}ticks`]) return look[`${axis}ticks`];
  const { left, right, top, bottom } = /** @type {Box} */ (box);
  const most = Math.max(3, axis === "x" ? (right - left) / 60 : (bottom - top) / 34);
  const [low, high] = [...look[`${axis}lim`]].sort((a, b) => a - b);
  return (look[`${axis}scale`] ? decades : even)(low, high, most);
}

/** @param {number} value */
export const label = (
  value,
) => (Math.abs(value) >= 1e6 ? value.toExponential(0).replace("e+", "e") : String(value).replace("-", "−"));

/** Write in type of so many of matplotlib's points from here on.
 * @param {CanvasRenderingContext2D} g @param {number} size @param {boolean} [bold] */
export function type(g, size, bold) {
  g.font = `${bold ? "bold " : ""}${(TYPE * size) / 12}px ${g.font.replace(/^.*?px /, "")}`;
}

/** The place that tick labels, axis labels, title and legend take outside the box.
 * @param {CanvasRenderingContext2D} g @param {Plot} plot @returns {Box} */
export function outline(g, plot) {
  const { look, legend } = plot;
  const box = /** @type {Box} */ (plot.box);
  if (look.off) return box;
  type(g, 11);
  const wide = Math.max(0, ...ticks(plot, "y").map((value) => g.measureText(label(value)).width + 8));
  const lines = (/** @type {string} */ text) => (text ? text.split("\n").length * LINE : 0);
  const above = legend?.where === "above" ? LINE + 4 : 0;
  return {
    left: box.left - wide - lines(look.ylabel),
    right: box.right + (ticks(plot, "x").length ? 14 : 0),
    top: box.top - above - (look.title ? LINE + 4 : 0) - 4,
    bottom: box.bottom + (ticks(plot, "x").length ? LINE + 4 : 2) + lines(look.xlabel),
  };
}

/** Return the largest box within a box whose units are of one length both ways.
 * @param {Box} box @param {Look} look @returns {Box} */
function squared(box, { xlim, ylim }) {
  const [wide, high] = [Math.abs(xlim[1] - xlim[0]), Math.abs(ylim[1] - ylim[0])];
  const unit = Math.min((box.right - box.left) / wide, (box.bottom - box.top) / high);
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  return {
    left: x - (unit * wide) / 2,
    right: x + (unit * wide) / 2,
    top: y - (unit * high) / 2,
    bottom: y + (unit * high) / 2,
  };
}

/** @param {Plot} plot @param {Box} outer @returns {Plot} with its box, and its parts with theirs */
export function place(plot, outer) {
  const [left, bottom, width, height] = plot.rect;
  const [wide, high] = [outer.right - outer.left, outer.bottom - outer.top];
  const own = {
    left: outer.left + left * wide,
    right: outer.left + (left + width) * wide,
    top: outer.bottom - (bottom + height) * high,
    bottom: outer.bottom - bottom * high,
  };
  const box = plot.look.aspect === "equal" ? squared(own, plot.look) : own;
  return { ...plot, box, parts: plot.parts.map((part) => place(part, box)) };
}
