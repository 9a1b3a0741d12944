// The marks of a picture, each as picture.py notes it.
/** @import { Box, Mark, Pen, Plot } from "./axes.js" */
import { LINE, places, type } from "./axes.js";
import { bytes, context } from "./canvas.js";

export const DASHES =
  /** @type {Record<string, number[]>} */ ({ "-": [], "--": [6, 3], "-.": [8, 3, 2, 3], ":": [2, 3] });
const SHADES = /** @type {Record<string, number[][]>} */ ({
  Oranges: [[255, 245, 235], [253, 190, 133], [241, 105, 19], [127, 39, 4]],
  gray_r: [[255, 255, 255], [0, 0, 0]],
  cividis: [[0, 34, 78], [65, 77, 107], [124, 123, 120], [188, 175, 111], [254, 232, 56]],
  PuOr_r: [[45, 0, 75], [153, 142, 195], [247, 247, 247], [241, 163, 64], [127, 59, 8]],
}); // prettier-ignore

/** @param {any} data @returns {number[]} */
export const numbers = (data) => [...new Float64Array(bytes(data).slice().buffer)];

/** @param {CanvasRenderingContext2D} g @param {Box} box */
function clip(g, { left, right, top, bottom }) {
  g.beginPath();
  g.rect(left - 1, top - 1, right - left + 2, bottom - top + 2);
  g.clip();
}

/** @param {CanvasRenderingContext2D} g @param {Box} box */
function hatch(g, box) {
  g.save();
  clip(g, box);
  g.lineWidth = 1;
  g.beginPath();
  for (let x = box.left - (box.bottom - box.top); x < box.right; x += 7) {
    g.moveTo(x, box.bottom);
    g.lineTo(x + box.bottom - box.top, box.top);
  }
  g.stroke();
  g.restore();
}

/** Draw one marker, 2r wide.
 * @param {CanvasRenderingContext2D} g @param {string} shape @param {number} x @param {number} y @param {number} r */
export function dot(g, shape, x, y, r) {
  g.beginPath();
  if (shape === "o") g.arc(x, y, r, 0, 2 * Math.PI);
  if (shape === "s") g.rect(x - r, y - r, 2 * r, 2 * r);
  if (shape === "D") {
    [0, 1, 2, 3].forEach((k) => g.lineTo(x + [r, 0, -r, 0][k] * 1.3, y + [0, r, 0, -r][k] * 1.3));
  }
  if ("osD".includes(shape)) return g.fill();
  const ends = {
    "+": [[-1, 0, 1, 0], [0, -1, 0, 1]],
    x: [[-1, -1, 1, 1], [-1, 1, 1, -1]],
    _: [[-1, 0, 1, 0]],
  }; // prettier-ignore
  for (const [a, b, c, d] of ends[/** @type {"+" | "x" | "_"} */ (shape)]) {
    g.moveTo(x + a * r, y + b * r);
    g.lineTo(x + c * r, y + d * r);
  }
  g.stroke();
}

/** Draw a line within the box of its plot; NaN ends it, and what follows begins another.
 * @param {CanvasRenderingContext2D} g @param {Plot} plot @param {number[]} x @param {number[]} y
 * @param {number[]} dashes */
function stroke(g, plot, x, y, dashes) {
  g.save();
  clip(g, /** @type {Box} */ (plot.box));
  g.setLineDash(dashes);
  g.beginPath();
  x.forEach((at, i) => (i && Number.isNaN(x[i - 1]) ? g.moveTo(at, y[i]) : g.lineTo(at, y[i])));
  g.stroke();
  g.restore();
}

/** @type {Record<string, (pen: Pen, plot: Plot, mark: Mark) => void>} */
export const MARKS = {
  line({ g, colour }, plot, mark) {
    const [X, Y] = places(plot);
    const [x, y] = [numbers(mark.x).map(X), numbers(mark.y).map(Y)];
    g.strokeStyle = g.fillStyle = colour(mark.color);
    g.lineWidth = 0.9 * mark.width;
    if (DASHES[mark.dash]) stroke(g, plot, x, y, DASHES[mark.dash]);
    g.lineWidth = Math.max(1.3, mark.edge);
    const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
    x.forEach((at, i) => {
      const inside = at > left - 1 && at < right + 1 && y[i] > top - 1 && y[i] < bottom + 1;
      if (mark.marker && i % mark.every === 0 && inside) dot(g, mark.marker, at, y[i], mark.size / 2 + 0.5);
    });
  },

  dots({ g, colour }, plot, mark) {
    const [X, Y] = places(plot);
    const y = numbers(mark.y);
    const fills = mark.shades && bytes(mark.shades);
    g.strokeStyle = colour(mark.edge);
    g.lineWidth = mark.width;
    numbers(mark.x).forEach((x, i) => {
      g.beginPath();
      g.arc(X(x), Y(y[i]), mark.radius + 0.5, 0, 2 * Math.PI);
      if (fills) g.fillStyle = `rgb(${tint(mark.cmap, fills[i])})`;
      if (fills) g.fill();
      g.stroke();
    });
  },

  rule(pen, plot, mark) {
    const ends = new Float64Array(plot.look.xlim);
    const y = new Float64Array([mark.y, mark.y]);
    MARKS.line(pen, plot, { ...mark, x: ends, y });
  },

  bars({ g, colour }, plot, mark) {
    const [X, Y] = places(plot);
    const heights = numbers(mark.y);
    numbers(mark.x).forEach((x, i) => {
      const [top, bottom] = [Y(heights[i]), Y(0)].sort((a, b) => a - b);
      const box = { left: X(x - 0.4), right: X(x + 0.4), top, bottom };
      const shape = /** @type {const} */ ([box.left, top, box.right - box.left, bottom - top]);
      g.fillStyle = colour(mark.colors[i]);
      g.fillRect(...shape);
      g.strokeStyle = colour(mark.edge);
      g.lineWidth = mark.width;
      if (mark.hatches[i]) hatch(g, box);
      if (mark.edge !== "none") g.strokeRect(...shape);
    });
  },

  area({ g, colour }, plot, mark) {
    const [X, Y] = places(plot);
    const y = numbers(mark.y);
    g.save();
    clip(g, /** @type {Box} */ (plot.box));
    g.fillStyle = colour(mark.color);
    g.beginPath();
    numbers(mark.x).forEach((x, i) => g.lineTo(X(x), Y(y[i])));
    g.fill();
    g.restore();
  },

  bands({ g, colour }, plot, mark) {
    const [X] = places(plot);
    const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
    const ends = numbers(mark.spans).map((x) => Math.min(Math.max(X(x), left), right));
    for (let i = 0; i < ends.length; i += 2) {
      shade({ g, colour }, mark, { left: ends[i], right: ends[i + 1], top, bottom });
    }
  },

  image({ g }, plot, mark) {
    const [X, Y] = places(plot);
    const [x0, x1, y0, y1] = mark.extent;
    const [left, top] = [Math.min(X(x0), X(x1)), Math.min(Y(y0), Y(y1))];
    g.imageSmoothingEnabled = false;
    g.drawImage(picture(mark), left, top, Math.abs(X(x1) - X(x0)), Math.abs(Y(y1) - Y(y0)));
  },

  arrow({ g, colour }, plot, mark) {
    const [X, Y] = places(plot);
    const [x, y, right, up] = [X(mark.points[0]), Y(mark.points[1]), X(mark.points[2]), Y(mark.points[3])];
    const way = Math.atan2(up - y, right - x);
    g.strokeStyle = colour(mark.color);
    g.lineWidth = mark.width;
    g.setLineDash(DASHES[mark.dash]);
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(right, up);
    g.stroke();
    g.setLineDash([]);
    g.beginPath();
    for (const turn of [2.6, 0, -2.6]) {
      g.lineTo(right + (turn && 8 * Math.cos(way + turn)), up + (turn && 8 * Math.sin(way + turn)));
    }
    g.stroke();
  },

  text({ g, colour }, plot, mark) {
    const { lines, x, y, box } = words(g, plot, mark);
    if (mark.box) frame({ g, colour }, mark.box, box);
    g.fillStyle = colour(mark.color);
    g.textAlign = mark.align;
    g.textBaseline = "middle";
    lines.forEach((line, i) => g.fillText(line, x, y + i * step(mark)));
  },
};

/** @param {Pen} pen @param {Mark} mark @param {Box} box */
export function shade({ g, colour }, mark, box) {
  g.globalAlpha = mark.alpha;
  g.fillStyle = colour(mark.color);
  g.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  g.globalAlpha = 1;
  g.strokeStyle = colour("white");
  if (mark.hatch) hatch(g, box);
}

/** @param {Pen} pen @param {Record<string, any>} look @param {Box} box */
function frame({ g, colour }, look, { left, right, top, bottom }) {
  g.beginPath();
  g.roundRect(left, top, right - left, bottom - top, look.boxstyle ? 4 : 0);
  g.fillStyle = colour(look.facecolor);
  g.fill();
  if (look.edgecolor === "none") return;
  g.setLineDash(DASHES[look.linestyle ?? "-"]);
  g.strokeStyle = colour(look.edgecolor);
  g.lineWidth = 1.2;
  g.stroke();
  g.setLineDash([]);
}

/** @param {string} cmap @param {number} value 0 to 255 @returns {number[]} red, green and blue */
function tint(cmap, value) {
  const stops = SHADES[cmap];
  const at = (value / 255) * (stops.length - 1);
  const k = Math.min(Math.floor(at), stops.length - 2);
  return [0, 1, 2].map((c) => stops[k][c] + (at - k) * (stops[k + 1][c] - stops[k][c]));
}

/** @param {Mark} mark @returns {HTMLCanvasElement} a pixel for each number */
function picture({ shades, shape: [height, width], cmap }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const g = context(canvas);
  const image = g.createImageData(width, height);
  const tints = Array.from({ length: 256 }, (_, value) => [...tint(cmap, value), 255]);
  bytes(shades).forEach((value, i) => image.data.set(tints[value], 4 * i));
  g.putImageData(image, 0, 0);
  return canvas;
}

/** @param {Mark} mark */
const step = (mark) => (LINE * mark.size) / 12;

/** @param {CanvasRenderingContext2D} g @param {Plot} plot @param {Mark} mark
 * @returns {{lines: string[], x: number, y: number, box: Box}} the middle of the first line, and the box of all */
export function words(g, plot, mark) {
  const [X, Y] = places(plot);
  const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
  const x = mark.inside ? left + mark.x * (right - left) : X(mark.x);
  const at = mark.inside ? bottom - mark.y * (bottom - top) : Y(mark.y);
  const lines = mark.text.split("\n");
  type(g, mark.size, mark.bold);
  const [wide, high] = [
    Math.max(...lines.map((/** @type {string} */ line) => g.measureText(line).width)),
    lines.length * step(mark),
  ];
  const start = at - high * ({ top: 0, center: 0.5 }[/** @type {string} */ (mark.va)] ?? 1);
  const from = x - wide * ({ center: 0.5, right: 1 }[/** @type {string} */ (mark.align)] ?? 0);
  const pad = !mark.box ? 0 : mark.box.edgecolor === "none" ? 2 : 7;
  const box = { left: from - pad, right: from + wide + pad, top: start - pad, bottom: start + high + pad };
  return { lines, x, y: start + step(mark) / 2, box };
}
