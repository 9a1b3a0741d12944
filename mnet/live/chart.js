// Cost curves (left, logarithmic) and validation accuracy (right), on one canvas.
// Painting costs the same however long the run: Python halves the points when there are too many.
/** @import { Bytes, View } from "./anywidget.d.ts" */
import { fit, insist, pairs, surroundings } from "./canvas.js";

const DASHES = [[2, 3], [7, 3], [7, 3, 2, 3], [12, 4], [1, 5]];
const DECADES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3].map((v) => /** @type {Tick} */ ([v, String(v)]));
const PERCENT = [0, 25, 50, 75, 90, 100].map((v) => /** @type {Tick} */ ([v / 100, `${v} %`]));
const APART = 14; // between the middles of two labels, or they would touch
const STEPS = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1e4, 1e5]; // between ticks, in epochs
const QUIET = 2000; // ms without a message: a kernel that trains sends a dozen a second
/**
 * @typedef {[value: number, label: string]} Tick
 * @typedef {[epochs: number, value: number]} Point
 * @typedef {[epochs: number, cost: number, accuracy: number]} Validation
 * @typedef {{ label: string, cost: Point[], validation: Validation[] }} Ghost
 * @typedef {{ validation: Validation[], ghosts: Ghost[], epochs: number, steps: number,
 *   settings: string, obeyed: string, newest?: Point | null, speed?: number }} Facts
 * @typedef {Partial<Facts> & { fresh: boolean }} Message
 * @typedef {View<{ height: number }, Message, "all" | "seen">} Given
 * @typedef {ReturnType<typeof paletteFor>} Palette
 */

export default {
  /** @param {Given} view */
  render(view) {
    const chart = new Chart(view);
    chart.open();
    return () => chart.close();
  },
};

class Chart {
  /** @type {Point[]} */
  points = [];
  /** @type {Facts} */
  facts = { validation: [], ghosts: [], epochs: 0, steps: 0, settings: "", obeyed: "" };
  /** @type {Palette | undefined} */
  palette;
  /** @type {number | undefined} */
  telling;
  /** @type {number | undefined} */
  quiet;
  heard = new Date();
  silent = false; // while it should train
  frame = 0;
  seen = 0;
  rest = () => {};

  queue = () => {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(this.paint);
  };
  restyle = () => {
    this.palette = undefined;
    this.queue();
  };
  sizes = new ResizeObserver(this.queue);
  // JupyterLab renders no cell that is out of sight: what was painted there, in another theme say, is lost.
  sight = new IntersectionObserver((looks) => looks.at(-1)?.isIntersecting && this.restyle());
  theme = new MutationObserver(this.restyle);

  /** @param {Given} view */
  constructor({ model, el }) {
    this.model = model;
    this.page = build(el);
    this.grow();
  }

  open() {
    this.model.on("change:height", this.grow);
    this.model.on("msg:custom", this.hear);
    this.sizes.observe(this.page.canvas);
    this.sight.observe(this.page.canvas);
    this.theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    this.rest = insist(() => this.model.send("all"), () => this.facts.settings !== "");
    this.queue();
  }

  close() {
    clearTimeout(this.telling);
    clearTimeout(this.quiet);
    this.rest();
    this.model.off("msg:custom", this.hear);
    this.model.off("change:height", this.grow);
    for (const observer of [this.sizes, this.sight, this.theme]) observer.disconnect();
  }

  grow = () => this.page.canvas.style.setProperty("--mnet-height", String(this.model.get("height")));

  hear = (/** @type {Message} */ { fresh, ...facts }, /** @type {Bytes[]} */ [buffer]) => {
    if (!fresh && !this.facts.settings) return; // a part, for a view that has not got the whole yet
    if (fresh) {
      this.points = [];
      this.page.runs.replaceChildren(...(facts.ghosts ?? []).map(item));
    }
    this.points.push(...pairs(buffer));
    Object.assign(this.facts, facts);
    this.heard = new Date();
    this.silent = false;
    this.queue();
    clearTimeout(this.quiet); // a kernel that hangs, ended, slept or lost the page has no speed
    if (this.facts.speed) this.quiet = setTimeout(this.stand, QUIET);
    // Python pauses a training that nobody sees: a closed or hidden page stops saying this.
    if (performance.now() - this.seen > 1000 && document.visibilityState === "visible") {
      this.seen = performance.now();
      this.model.send("seen");
    }
  };

  stand = () => {
    this.silent = true;
    this.queue();
  };

  paint = () => {
    const { canvas } = this.page;
    if (!canvas.clientWidth) {
      // Out of sight, perhaps for this moment alone, which `sight` takes no notice of: ask it anew.
      this.sight.unobserve(canvas);
      this.sight.observe(canvas);
      return;
    }
    this.palette ??= paletteFor(canvas);
    paint(canvas, this.points, this.facts, this.palette);
    // Digits that change faster cannot be read, and laying text out costs.
    this.telling ??= setTimeout(this.tell, 150);
    // What the newest painted point was computed with: the tests time a slider by it.
    canvas.dataset.settings = this.facts.obeyed;
    canvas.dataset.steps = String(this.facts.steps);
  };

  tell = () => {
    this.telling = undefined;
    if (!this.facts.settings) return; // nothing was heard: no figure would be true
    const { validation, speed, epochs, settings } = this.facts;
    const [, , accuracy] = validation.at(-1) ?? [0, 0, 0];
    const pace = this.silent
      ? ` · nothing heard since ${this.heard.toLocaleTimeString("en-GB")}`
      : speed
      ? ` · ${Math.round(speed).toLocaleString("en")} mini-batches/s`
      : "";
    const text = `epoch ${Math.floor(epochs)}, ${Math.floor((epochs % 1) * 100)} % through · ` +
      `validation ${(100 * accuracy).toFixed(1)} %${pace} · ${settings}`;
    this.page.facts.textContent = text;
    this.page.canvas.setAttribute("aria-label", `Cost and accuracy curves: ${text}`);
  };
}

/**
 * Fill the view; return the parts of it that change.
 * @param {HTMLElement} el
 */
function build(el) {
  const page = {
    facts: document.createElement("div"),
    canvas: document.createElement("canvas"),
    runs: document.createElement("ol"),
  };
  page.facts.className = "mnet-facts";
  page.canvas.className = "mnet-chart";
  page.runs.className = "mnet-runs";
  page.canvas.setAttribute("role", "img");
  page.runs.setAttribute("aria-label", "earlier runs");
  el.classList.add("mnet-curves");
  el.append(page.facts, page.canvas, page.runs);
  return page;
}

/** @param {Ghost} ghost */
function item({ label }) {
  return Object.assign(document.createElement("li"), { textContent: label });
}

/** @param {HTMLElement} el */
function paletteFor(el) {
  const around = surroundings(el);
  return { ...around, train: around.blue, valid: around.dark ? "#E69F00" : "#D55E00", ghost: around.grey };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Point[]} points
 * @param {Facts} facts
 * @param {Palette} palette
 */
function paint(canvas, points, facts, palette) {
  const { g, width, height } = fit(canvas);
  g.clearRect(0, 0, width, height);
  g.font = "13px sans-serif";
  g.fillStyle = palette.ink;
  // In a long run a point is the mean of many: the newest one ends the line, or it would lag behind.
  const line = facts.newest ? [...points, facts.newest] : points;
  const longest = Math.max(1, facts.epochs, ...facts.ghosts.map((ghost) => ghost.cost.at(-1)?.[0] ?? 0));
  const [costly, accurate] = boxes(width, height);
  const costs = new Plot(g, palette, { ...costly, longest, share: logarithm(line, facts) });
  paintCosts(costs, line, facts);
  const share = (/** @type {number} */ v) => Math.min(Math.max(v, 0), 1);
  paintAccuracy(new Plot(g, palette, { ...accurate, longest, share }), facts);
  const [right, at] = [Math.max(costly.right, 160), costly.top - 14];
  g.textAlign = "right";
  g.fillStyle = palette.train;
  g.fillText("— training", right - 84, at);
  g.fillStyle = palette.valid;
  g.fillText("▪ validation", right, at);
}

/**
 * Return where the two plots stand: side by side, or one below the other in the higher place of chart.css.
 * @param {number} width
 * @param {number} height
 */
function boxes(width, height) {
  const box = { left: 48, right: width - 22, title: 14, top: 28, bottom: height - 38 };
  const [half, split] = [height / 2, width * 0.6];
  return width > 1.85 * height
    ? [{ ...box, right: split - 26 }, { ...box, left: split + 48 }]
    // What the colours mean stands below the first title: no room is beside it.
    : [{ ...box, top: 46, bottom: half - 36 }, { ...box, title: half + 14, top: half + 28 }];
}

/**
 * Return the function that says how far up a cost stands, on an axis with room for all of them.
 * @param {Point[]} line
 * @param {Facts} facts
 */
function logarithm(line, { validation, ghosts }) {
  const all = [line, validation, ...ghosts.map((ghost) => ghost.cost)].flat();
  const costs = all.map((p) => p[1]).filter((c) => c > 0);
  const top = Math.log10(Math.max(1, ...costs) * 1.2);
  const bottom = Math.log10(Math.max(0.001, Math.min(0.1, ...costs) / 1.2));
  return (/** @type {number} */ c) => (Math.log10(Math.max(c, 1e-9)) - bottom) / (top - bottom);
}

/**
 * @param {Plot} plot
 * @param {Point[]} line
 * @param {Facts} facts
 */
function paintCosts(plot, line, { validation, ghosts }) {
  const { train, valid, ghost } = plot.palette;
  plot.frame("cost (logarithmic)", DECADES);
  const ends = ghosts.map(({ cost }, i) => plot.line(cost, ghost, DASHES[i % 5], 1.5));
  plot.line(line, train, [], 2);
  plot.line(validation.map(([epochs, cost]) => [epochs, cost]), valid, [6, 3], 1.5, validation.length < 40);
  ends.forEach((end, i) => plot.number(end, i + 1)); // last, so that no curve crosses them
}

/**
 * @param {Plot} plot
 * @param {Facts} facts
 */
function paintAccuracy(plot, { validation, ghosts }) {
  /** @type {(points: Validation[]) => Point[]} */
  const accuracy = (points) => points.map(([epochs, , share]) => [epochs, share]);
  const { valid, ghost } = plot.palette;
  plot.frame("validation accuracy", PERCENT);
  const ends = ghosts.map((run, i) => plot.line(accuracy(run.validation), ghost, DASHES[i % 5], 1.5));
  plot.line(accuracy(validation), valid, [6, 3], 2, validation.length < 40);
  ends.forEach((end, i) => plot.number(end, i + 1));
}

/** Axes with epochs to the right; `share` says how far up a value stands, from 0 to 1. */
class Plot {
  /**
   * @param {CanvasRenderingContext2D} g
   * @param {Palette} palette
   * @param {{ left: number, right: number, title: number, top: number, bottom: number, longest: number,
   *   share: (value: number) => number }} box
   */
  constructor(g, palette, box) {
    this.g = g;
    this.palette = palette;
    this.box = box;
  }

  /** @param {number} epochs */
  x(epochs) {
    return this.box.left + ((this.box.right - this.box.left) * epochs) / this.box.longest;
  }

  /** @param {number} value */
  y(value) {
    return this.box.bottom - (this.box.bottom - this.box.top) * this.box.share(value);
  }

  /**
   * @param {string} title
   * @param {Tick[]} ticks
   */
  frame(title, ticks) {
    const { g, box } = this;
    g.setLineDash([]);
    g.lineWidth = 1;
    g.textAlign = "left";
    g.fillText(title, box.left - 38, box.title);
    g.textAlign = "right";
    g.strokeStyle = this.palette.rule;
    let last = Infinity;
    for (const [value, label] of ticks.toReversed()) { // from above: the topmost always has its place
      if (box.share(value) < 0 || box.share(value) > 1 || Math.abs(this.y(value) - last) < APART) continue;
      last = this.y(value);
      g.beginPath();
      g.moveTo(box.left, this.y(value));
      g.lineTo(box.right, this.y(value));
      g.stroke();
      g.fillText(label, box.left - 5, this.y(value) + 4);
    }
    g.textAlign = "center";
    const most = Math.min(6, (box.right - box.left) / 40);
    const step = STEPS.find((step) => box.longest / step <= most) ?? 1e6;
    for (let e = 0; e <= box.longest + 1e-9; e += step) {
      g.fillText(String(+e.toFixed(1)), this.x(e), box.bottom + 15);
    }
    g.fillText("epochs", (box.left + box.right) / 2, box.bottom + 31);
  }

  /**
   * Draw a curve; return where it ends.
   * @param {Point[]} points
   * @param {string} colour
   * @param {number[]} dash
   * @param {number} thick
   */
  line(points, colour, dash, thick, markers = false) {
    const { g } = this;
    const at = points.map(([epochs, value]) => [this.x(epochs), this.y(value)]);
    g.strokeStyle = g.fillStyle = colour;
    g.lineWidth = thick;
    g.setLineDash(dash);
    g.beginPath();
    for (const [x, y] of at) g.lineTo(x, y);
    g.stroke();
    g.setLineDash([]);
    if (markers) { for (const [x, y] of at) g.fillRect(x - 3, y - 3, 6, 6); }
    g.fillStyle = this.palette.ink;
    return at.at(-1);
  }

  /**
   * Write a run's number where its curve ends.
   * @param {number[] | undefined} end
   * @param {number} number
   */
  number(end, number) {
    if (!end) return;
    const { g } = this;
    g.textAlign = "left";
    g.lineWidth = 4;
    g.strokeStyle = this.palette.paper;
    g.strokeText(String(number), end[0] + 4, end[1] + 4);
    g.fillText(String(number), end[0] + 4, end[1] + 4);
  }
}
