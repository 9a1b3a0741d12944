// @ts-check
// A picture of a few kinds of marks, noted by picture.py, painted sharp in the page's type and colours.

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
/** @typedef {Record<string, any>} Mark what a method of picture.py's Axes noted */
/** @typedef {{rect: number[], look: Record<string, any>, legend: any, marks: Mark[], parts: Plot[], box?: Box}} Plot */
/** @typedef {{g: CanvasRenderingContext2D, colour: (name: string) => string}} Pen */

const TYPE = 13; // pixels of text that matplotlib writes in 12 points: the page's type
const INCH = 78; // pixels of an inch beside such type, as in matplotlib's picture; a page with room gives more
const WIDE = 90;
const LINE = 1.25 * TYPE;
const DARK = /** @type {Record<string, string>} */ ({ "#0072B2": "#56B4E9", "#767676": "#9a9a9a" });
const DASHES =
  /** @type {Record<string, number[]>} */ ({ "-": [], "--": [6, 3], "-.": [8, 3, 2, 3], ":": [2, 3] });
const SHADES = /** @type {Record<string, number[][]>} */ ({
  Oranges: [[255, 245, 235], [253, 190, 133], [241, 105, 19], [127, 39, 4]],
  gray_r: [[255, 255, 255], [0, 0, 0]],
  cividis: [[0, 34, 78], [65, 77, 107], [124, 123, 120], [188, 175, 111], [254, 232, 56]],
  PuOr_r: [[45, 0, 75], [153, 142, 195], [247, 247, 247], [241, 163, 64], [127, 59, 8]],
}); // prettier-ignore

// Bytes: some front ends hand over a DataView, some an ArrayBuffer, some a Uint8Array.

/** @param {any} data @returns {Uint8Array} */
const bytes = (data) => new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);

/** @param {any} data @returns {number[]} */
const numbers = (data) => [...new Float64Array(bytes(data).slice().buffer)];

// The page

/** The colours of a picture on the ground that shows behind it, whatever the theme is called.
 * @param {Element | null} element @returns {(name: string) => string} */
function colours(element) {
  let ground = [255, 255, 255];
  for (; element; element = element.parentElement) {
    const [r, g, b, alpha = 1] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g)?.map(Number) ??
      [0, 0, 0, 0];
    if (!alpha) continue;
    ground = [r, g, b];
    break;
  }
  const dark = 0.3 * ground[0] + 0.6 * ground[1] + 0.1 * ground[2] < 128;
  const plain = /** @type {Record<string, string>} */ ({
    "#000000": dark ? "#e4e4e4" : "#1a1a1a",
    white: `rgb(${ground})`,
  });
  return (name) => plain[name] ?? (dark ? DARK[name] : undefined) ?? name;
}

/** Give the canvas the pixels of its place, and return the width in units of the picture and how many pixels one is.
 * @param {HTMLCanvasElement} canvas @param {number[]} size inches */
function measure(canvas, size) {
  const ratio = globalThis.devicePixelRatio || 1;
  const type = parseFloat(getComputedStyle(canvas).fontSize) / TYPE;
  const scale = Math.min(type, canvas.clientWidth / (INCH * size[0])); // in a narrow place all shrinks
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((pixels) =>
    Math.round(pixels * ratio)
  );
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return { width: canvas.clientWidth / scale, height: canvas.clientHeight / scale, scale: scale * ratio };
}

// Axes

/** @param {Plot} plot @param {"x" | "y"} axis @returns {(value: number) => number} from 0 to 1 along the axis */
function along({ look }, axis) {
  const number = look[`${axis}scale`] ? Math.log10 : (/** @type {number} */ value) => value;
  const [low, high] = look[`${axis}lim`].map(number);
  return (value) => (number(value) - low) / (high - low || 1);
}

/** @param {Plot} plot @returns {[(x: number) => number, (y: number) => number]} where data lie on the canvas */
function places(plot) {
  const [x, y] = [along(plot, "x"), along(plot, "y")];
  const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
  const near = (/** @type {number} */ pixels) => Math.min(Math.max(pixels, -1e5), 1e5); // a canvas loses its way farther off
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
function ticks({ look, box }, axis) {
  if (look.off) return [];
  if (look[`${axis}ticks`]) return look[`${axis}ticks`];
  const { left, right, top, bottom } = /** @type {Box} */ (box);
  const most = Math.max(3, axis === "x" ? (right - left) / 60 : (bottom - top) / 34);
  const [low, high] = [...look[`${axis}lim`]].sort((a, b) => a - b);
  return (look[`${axis}scale`] ? decades : even)(low, high, most);
}

/** @param {number} value */
const label = (
  value,
) => (Math.abs(value) >= 1e6 ? value.toExponential(0).replace("e+", "e") : String(value).replace("-", "−"));

/** @param {CanvasRenderingContext2D} g @param {number} size points, as matplotlib counts @param {boolean} [bold] */
function type(g, size, bold) {
  g.font = `${bold ? "bold " : ""}${(TYPE * size) / 12}px ${getComputedStyle(g.canvas).fontFamily}`;
}

/** The place that tick labels, axis labels, title and legend take outside the box.
 * @param {CanvasRenderingContext2D} g @param {Plot} plot @returns {Box} */
function outline(g, plot) {
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

// Layout

/** @param {Box} box @param {Record<string, any>} look @returns {Box} the largest one with units of one length in both ways */
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
function place(plot, outer) {
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

/** @param {CanvasRenderingContext2D} g @param {Plot} plot @returns {Box[]} of all that must not be cut */
function taken(g, plot) {
  const texts = plot.marks.filter((mark) => mark.kind === "text").map((mark) => words(g, plot, mark).box);
  return [outline(g, plot), ...texts, ...plot.parts.flatMap((part) => taken(g, part))];
}

/** @param {CanvasRenderingContext2D} g @param {Plot} plot @param {number} width @param {number} height @returns {Plot} */
function fit(g, plot, width, height) {
  const room = { left: 2, right: width - 2, top: 2, bottom: height - 2 };
  for (let round = 0; round < 4; round++) {
    const boxes = taken(g, place(plot, room));
    room.left += Math.max(0, 1 - Math.min(...boxes.map((box) => box.left)));
    room.right -= Math.max(0, Math.max(...boxes.map((box) => box.right)) - width + 1);
    room.top += Math.max(0, 1 - Math.min(...boxes.map((box) => box.top)));
    room.bottom -= Math.max(0, Math.max(...boxes.map((box) => box.bottom)) - height + 1);
  }
  return place(plot, room);
}

// Marks

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

/** @param {CanvasRenderingContext2D} g @param {string} shape @param {number} x @param {number} y @param {number} r */
function dot(g, shape, x, y, r) {
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

/** @type {Record<string, (pen: Pen, plot: Plot, mark: Mark) => void>} */
const MARKS = {
  line({ g, colour }, plot, mark) {
    const [X, Y] = places(plot);
    const [x, y] = [numbers(mark.x).map(X), numbers(mark.y).map(Y)];
    g.strokeStyle = g.fillStyle = colour(mark.color);
    g.lineWidth = 0.9 * mark.width;
    if (DASHES[mark.dash]) {
      g.save();
      clip(g, /** @type {Box} */ (plot.box));
      g.setLineDash(DASHES[mark.dash]);
      g.beginPath();
      x.forEach((at, i) => (i && Number.isNaN(x[i - 1]) ? g.moveTo(at, y[i]) : g.lineTo(at, y[i]))); // NaN ends a line
      g.stroke();
      g.restore();
    }
    g.lineWidth = Math.max(1.3, mark.edge);
    const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
    const inside = (/** @type {number} */ i) =>
      x[i] > left - 1 && x[i] < right + 1 && y[i] > top - 1 && y[i] < bottom + 1;
    if (mark.marker) {
      x.forEach((at, i) =>
        i % mark.every === 0 && inside(i) && dot(g, mark.marker, at, y[i], mark.size / 2 + 0.5)
      );
    }
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
function shade({ g, colour }, mark, box) {
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
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
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
function words(g, plot, mark) {
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

// Around the marks

/** @param {Pen} pen @param {string} text @param {number} x @param {number} y @param {CanvasTextAlign} [align] */
function write({ g }, text, x, y, align = "center") {
  g.textAlign = align;
  g.textBaseline = "middle";
  text.split("\n").forEach((line, i) => g.fillText(line, x, y + i * LINE));
}

/** @param {Pen} pen @param {Plot} plot */
function axes(pen, plot) {
  const { g, colour } = pen;
  const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
  const [X, Y] = places(plot);
  const outer = outline(g, plot);
  g.strokeStyle = g.fillStyle = colour("#000000");
  g.lineWidth = 1;
  type(g, 11);
  g.beginPath();
  if (plot.look.frame_on !== false) {
    [[left, top], [left, bottom], [right, bottom]].forEach(([x, y]) => g.lineTo(x, y)); // prettier-ignore
  }
  for (const x of ticks(plot, "x")) {
    g.moveTo(X(x), bottom), g.lineTo(X(x), bottom + 4), write(pen, label(x), X(x), bottom + 13);
  }
  for (const y of ticks(plot, "y")) {
    g.moveTo(left, Y(y)), g.lineTo(left - 4, Y(y)), write(pen, label(y), left - 7, Y(y), "right");
  }
  g.stroke();
  type(g, 12);
  const { xlabel = "", ylabel = "", title = "" } = plot.look;
  write(pen, xlabel, (left + right) / 2, bottom + (ticks(plot, "x").length ? LINE + 4 : 2) + LINE / 2);
  write(pen, title, (left + right) / 2, outer.top + LINE / 2);
  g.save();
  g.translate(outer.left + LINE / 2, (top + bottom) / 2);
  g.rotate(-Math.PI / 2);
  write(pen, ylabel, 0, 0);
  g.restore();
}

/** @param {Pen} pen @param {Mark} mark @param {number} x @param {number} y its middle, of the left end */
function sample({ g, colour }, mark, x, y) {
  const box = { left: x, right: x + 24, top: y - 5, bottom: y + 5 };
  if (mark.kind === "bands") return shade({ g, colour }, mark, box);
  g.strokeStyle = g.fillStyle = colour(mark.color);
  g.lineWidth = 0.9 * mark.width;
  g.setLineDash(DASHES[mark.dash] ?? []);
  g.beginPath();
  if (DASHES[mark.dash]) g.moveTo(x, y), g.lineTo(x + 24, y);
  g.stroke();
  g.setLineDash([]);
  if (mark.marker) dot(g, mark.marker, x + 12, y, mark.size / 2 + 0.5);
}

/** @param {Pen} pen @param {Plot} plot */
function legend(pen, plot) {
  const { g, colour } = pen;
  const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
  const named = plot.marks.filter((mark) => mark.label);
  const { where, size } = plot.legend;
  type(g, size);
  const wide = named.map((mark) => 30 + g.measureText(mark.label).width);
  const across = where === "above";
  const whole = across ? wide.reduce((sum, w) => sum + w + 16, -16) : Math.max(...wide);
  let x = across ? (left + right - whole) / 2 : where.includes("right") ? right - whole - 6 : left + 10;
  let y = across
    ? top - LINE / 2 - 4
    : where.includes("lower")
    ? bottom - named.length * LINE
    : top + LINE / 2 + 2;
  named.forEach((mark, i) => {
    sample(pen, mark, x, y);
    g.fillStyle = colour("#000000");
    write(pen, mark.label, x + 30, y, "left");
    if (across) x += wide[i] + 16;
    else y += LINE;
  });
}

/** @param {Pen} pen @param {Plot} plot */
function paint(pen, plot) {
  for (const mark of plot.marks) if (mark.kind !== "text") MARKS[mark.kind](pen, plot, mark);
  if (!plot.look.off) axes(pen, plot);
  for (const mark of plot.marks) if (mark.kind === "text") MARKS.text(pen, plot, mark);
  if (plot.legend) legend(pen, plot);
  for (const part of plot.parts) paint(pen, part);
}

/** @param {Plot} plot @returns {number[][]} */
function clickable(plot) {
  const [X, Y] = places(plot);
  const own = plot.marks.filter((mark) => mark.picks).flatMap((mark) => {
    const y = numbers(mark.y);
    return numbers(mark.x).map((x, i) => [X(x), Y(y[i])]);
  });
  return [...own, ...plot.parts.flatMap(clickable)];
}

/** Give the canvas its place on the page.
 * @param {HTMLCanvasElement} canvas @param {number[]} size inches */
function lay(canvas, [width, height]) {
  // Of the page's type, so that larger type, on a projector, enlarges everything; its sliders stay in sight.
  const type = "var(--jp-ui-font-size1, 13px)";
  const wanted = `${(width * WIDE) / TYPE} * ${type}, ${(62 * width) / height}vh`;
  canvas.style.cssText = `display:block;font-size:${type};aspect-ratio:${
    width / height
  };width:min(100%, ${wanted})`;
}

/** @param {any} model @param {HTMLElement} el @returns {HTMLCanvasElement} */
function make(model, el) {
  const canvas = document.createElement("canvas");
  canvas.className = "mnet-picture";
  canvas.setAttribute("role", "img");
  lay(canvas, model.get("size"));
  el.append(canvas);
  return canvas;
}

export default {
  /** @param {{model: any, el: HTMLElement}} widget */
  render({ model, el }) {
    const canvas = make(model, el);
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    let frame = 0;
    let painted = 0;
    /** @type {number[][]} */
    let dots = []; // where on the page's pixels each dot that can be clicked lies
    const paintAll = () => {
      const drawn = model.get("drawn");
      if (!canvas.clientWidth || !drawn.text) return;
      const { width, height, scale } = measure(canvas, model.get("size"));
      g.setTransform(scale, 0, 0, scale, 0, 0);
      g.clearRect(0, 0, width, height);
      const plot = fit(g, drawn, width, height);
      paint({ g, colour: colours(el) }, plot);
      const unit = scale / (globalThis.devicePixelRatio || 1);
      dots = clickable(plot).map(([x, y]) => [x * unit, y * unit]);
      canvas.style.cursor = dots.length ? "pointer" : "";
      canvas.setAttribute("aria-label", drawn.text);
      canvas.dataset.painted = String(++painted); // the tests time a change by it
    };
    const queue = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(paintAll);
    };
    canvas.onclick = ({ offsetX, offsetY }) => {
      const far = dots.map(([x, y]) => Math.hypot(x - offsetX, y - offsetY));
      const nearest = far.indexOf(Math.min(...far));
      if (!(far[nearest] < 14)) return;
      model.set("picked", nearest + 1);
      model.save_changes();
    };
    return watch(model, canvas, queue);
  },
};

/** Call `queue` whenever the picture has to be painted; return what ends that.
 * @param {any} model @param {HTMLCanvasElement} canvas @param {() => void} queue */
function watch(model, canvas, queue) {
  const resize = () => lay(canvas, model.get("size"));
  model.on("change:drawn", queue);
  model.on("change:size", resize);
  const sizes = new ResizeObserver(queue);
  sizes.observe(canvas);
  // JupyterLab renders no cell that is out of sight: what was painted there, in another theme say, is lost.
  const sight = new IntersectionObserver((looks) => {
    const seen = !!looks.at(-1)?.isIntersecting;
    if (seen) queue();
    if (seen === model.get("sight")) return;
    model.set("sight", seen);
    model.save_changes();
  });
  sight.observe(canvas);
  const theme = new MutationObserver(queue);
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light", "class", "data-theme"] });
  queue();
  return () => {
    model.off("change:drawn", queue);
    model.off("change:size", resize);
    for (const observer of [sizes, sight, theme]) observer.disconnect();
  };
}
