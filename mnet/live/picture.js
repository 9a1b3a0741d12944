// A picture of a few kinds of marks, noted by picture.py, painted sharp in the page's type and colours.
/** @import { Box, Look, Mark, Pen, Plot } from "./axes.js" */
import { fit, surroundings } from "./canvas.js";
import { label, LINE, outline, place, places, ticks, TYPE, type } from "./axes.js";
import { DASHES, dot, MARKS, numbers, shade, words } from "./marks.js";

const INCH = 78; // pixels of an inch beside such type, as in matplotlib's picture
const WIDE = 90; // where the page has room
const LEAST = 58; // in a narrow place: smaller type cannot be read, so that the picture scrolls there

/** @param {CanvasRenderingContext2D} g @param {Plot} plot @returns {Box[]} of all that must not be cut */
function taken(g, plot) {
  const texts = plot.marks.filter((mark) => mark.kind === "text").map((mark) => words(g, plot, mark).box);
  return [outline(g, plot), ...texts, ...plot.parts.flatMap((part) => taken(g, part))];
}

/** Return the plot with its boxes, placed so that nothing is cut.
 * @param {CanvasRenderingContext2D} g @param {Plot} plot @param {number} width @param {number} height */
function arranged(g, plot, width, height) {
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
  const outer = outline(g, plot);
  g.strokeStyle = g.fillStyle = colour("#000000");
  g.lineWidth = 1;
  spines(pen, plot);
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

/** @param {Pen} pen @param {Plot} plot */
function spines(pen, plot) {
  const { left, right, top, bottom } = /** @type {Box} */ (plot.box);
  const [X, Y] = places(plot);
  const { g } = pen;
  type(g, 11);
  g.beginPath();
  const corners = [[left, top], [left, bottom], [right, bottom]];
  if (plot.look.frame_on !== false) corners.forEach(([x, y]) => g.lineTo(x, y));
  for (const x of ticks(plot, "x").map(X)) g.moveTo(x, bottom), g.lineTo(x, bottom + 4);
  for (const y of ticks(plot, "y").map(Y)) g.moveTo(left, y), g.lineTo(left - 4, y);
  g.stroke();
  for (const x of ticks(plot, "x")) write(pen, label(x), X(x), bottom + 13);
  for (const y of ticks(plot, "y")) write(pen, label(y), left - 7, Y(y), "right");
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

/** Return where a legend begins: the middle of its first sample's left end.
 * @param {Plot} plot @param {number} wide @param {number} rows */
function corner({ legend, box }, wide, rows) {
  const { left, right, top, bottom } = /** @type {Box} */ (box);
  const { where } = /** @type {Look} */ (legend);
  if (where === "above") return [(left + right - wide) / 2, top - LINE / 2 - 4];
  const x = where.includes("right") ? right - wide - 6 : left + 10;
  return [x, where.includes("lower") ? bottom - rows * LINE : top + LINE / 2 + 2];
}

/** @param {Pen} pen @param {Plot} plot */
function legend(pen, plot) {
  const { g, colour } = pen;
  const { where, size } = /** @type {Look} */ (plot.legend);
  const named = plot.marks.filter((mark) => mark.label);
  type(g, size);
  const wide = named.map((mark) => 30 + g.measureText(mark.label).width);
  const across = where === "above";
  const whole = across ? wide.reduce((sum, w) => sum + w + 16, -16) : Math.max(...wide);
  let [x, y] = corner(plot, whole, named.length);
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
  const [least, most] = [LEAST, WIDE].map((inch) => `${(width * inch) / TYPE} * ${type}`);
  canvas.style.cssText = `display:block;font-size:${type};aspect-ratio:${
    width / height
  };width:max(${least}, min(100%, ${most}, ${width / height} * var(--mnet-tall, 62vh)))`;
}

/** @param {any} model @param {HTMLElement} el @returns {HTMLCanvasElement} */
function make(model, el) {
  const canvas = document.createElement("canvas");
  canvas.className = "mnet-picture";
  canvas.setAttribute("role", "img");
  lay(canvas, model.get("size"));
  const place = document.createElement("div"); // ipywidgets takes away what is written on `el`
  place.style.overflow = "auto hidden";
  place.append(canvas);
  el.append(place);
  return canvas;
}

/** Return what to paint with on a canvas. To ask the page for it takes time: once will do for many pictures.
 * @param {HTMLCanvasElement} canvas */
function looks(canvas) {
  const { ink, paper, blue, grey } = surroundings(canvas);
  const shown = new Map([["#000000", ink], ["white", paper], ["#0072B2", blue], ["#767676", grey]]);
  const colour = (/** @type {string} */ name) => shown.get(name) ?? name;
  return { colour, font: `${TYPE}px ${getComputedStyle(canvas).fontFamily}` };
}

/** Paint the picture on its canvas; return where on it the dots lie that can be clicked.
 * @param {any} model @param {HTMLCanvasElement} canvas @param {ReturnType<typeof looks>} style */
function paintAll(model, canvas, { colour, font }) {
  const drawn = model.get("drawn");
  const { g, width, height, scale } = fit(canvas, INCH * model.get("size")[0]);
  g.clearRect(0, 0, width, height);
  g.font = font;
  const plot = arranged(g, drawn, width, height);
  paint({ g, colour }, plot);
  canvas.setAttribute("aria-label", drawn.text);
  canvas.dataset.painted = String(1 + Number(canvas.dataset.painted ?? 0)); // the tests time a change by it
  const dots = clickable(plot).map((place) => place.map((units) => units * scale));
  canvas.style.cursor = dots.length ? "pointer" : "";
  return dots;
}

/** @param {number[][]} dots @param {MouseEvent} event @returns {number} of the dot there, from 1; 0 for none */
function hit(dots, { offsetX, offsetY }) {
  const far = dots.map(([x, y]) => Math.hypot(x - offsetX, y - offsetY));
  const nearest = far.indexOf(Math.min(...far));
  return far[nearest] < 14 ? nearest + 1 : 0;
}

export default {
  /** @param {{model: any, el: HTMLElement}} widget */
  render({ model, el }) {
    const canvas = make(model, el);
    let [style, dots] = [/** @type {any} */ (null), /** @type {number[][]} */ ([])];
    const show = () => {
      if (!canvas.clientWidth || !model.get("drawn").text) return;
      style ??= looks(canvas);
      dots = paintAll(model, canvas, style);
    };
    const queue = onceAFrame(show);
    canvas.onclick = (event) => tell(model, "picked", hit(dots, event) || model.get("picked"));
    return watch(model, canvas, queue, () => {
      style = null;
      queue();
    });
  },
};

/** @param {any} model @param {string} name @param {any} value */
function tell(model, name, value) {
  if (value === model.get(name)) return;
  model.set(name, value);
  model.save_changes();
}

/** Return what paints at once, for the next frame to show it; but once a frame, however often it is asked.
 * @param {() => void} show @returns {() => void} */
function onceAFrame(show) {
  let [frame, late] = [0, false];
  return function queue() {
    late = !!frame;
    if (frame) return;
    show();
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (late) queue();
    });
  };
}

/** Call `queue` whenever the picture changes and `restyle` when the page may look different; return what ends
 * that.
 * @param {any} model @param {HTMLCanvasElement} canvas @param {() => void} queue @param {() => void} restyle */
function watch(model, canvas, queue, restyle) {
  const resize = () => lay(canvas, model.get("size"));
  model.on("change:drawn", queue);
  model.on("change:size", resize);
  const sizes = new ResizeObserver(restyle);
  sizes.observe(canvas);
  const view = String(Math.random()); // one of several, perhaps: Python draws while any is in sight
  const say = (/** @type {boolean} */ seen) => {
    try {
      model.send({ view, seen });
    } catch { /* there is no kernel to send to */ }
  };
  const leave = () => say(false);
  // JupyterLab renders no cell that is out of sight: what was painted there, in another theme say, is lost.
  const sight = new IntersectionObserver((looks) => {
    const seen = !!looks.at(-1)?.isIntersecting;
    if (seen) restyle();
    say(seen);
  });
  addEventListener("pagehide", leave);
  sight.observe(canvas);
  const theme = new MutationObserver(restyle);
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light", "class", "data-theme"] });
  queue();
  return () => {
    model.off("change:drawn", queue);
    model.off("change:size", resize);
    for (const observer of [sizes, sight, theme]) observer.disconnect();
    removeEventListener("pagehide", leave);
    leave();
  };
}
