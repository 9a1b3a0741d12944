// A pad to draw a digit on with mouse, touch, pen or keys; what the network sees; ten bars.
/** @import { Bytes, View } from "./anywidget.d.ts" */
import { bytes, context, insist, pairs, surroundings } from "./canvas.js";
import { shrunk } from "./shrink.js";

const SIDE = 112; // pixels sent to Python
const VIEW = 224; // pixels on the screen
const PEN = 18;
const LABEL = "Drawing pad. Draw with the pointer. " +
  "With keys: arrows move the pen, Space puts it down or lifts it, U undoes, Delete clears.";
/** @type {Record<string, Point>} */
const STEPS = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] };

/**
 * @typedef {[x: number, y: number]} Point
 * @typedef {{ lengths: number[], based: boolean }} Strokes whose points come as a buffer
 * @typedef {Strokes & { answers: number[], text: string, from?: string, to?: string }} Message
 * @typedef {"drawn" | "all"} What a view has a new drawing, or wants the one that there is
 * @typedef {ReturnType<typeof build>} Page
 */

export default {
  /** @param {View<{}, Message, { what: What, from: string } & Partial<Strokes> | { file: string }>} view */
  render({ model, el }) {
    const page = build(el);
    const drawing = new Drawing(page.pad);
    const from = String(Math.random()); // which view this is: a pad may be seen in several
    let frame = 0;
    const queue = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        drawing.paint();
        const { points, ...strokes } = drawing.noted();
        model.send({ what: "drawn", from, ...strokes }, undefined, [drawing.ink(), points]);
        drawing.paintPen();
      });
    };
    listen(page, drawing, queue);
    page.chooser.onchange = async () => {
      const [file] = page.chooser.files ?? [];
      page.chooser.value = ""; // or the same file chosen again would be no change
      if (file) model.send({ file: file.name }, undefined, await shrunk(file));
    };
    const hear = (/** @type {Message} */ message, /** @type {Bytes[]} */ buffers) => {
      show(page, message, buffers);
      if (message.to ? message.to === from : message.from !== from) drawing.take(message, buffers);
    };
    const tint = () => page.row.classList.toggle("mnet-dark", surroundings(el).dark);
    const theme = new MutationObserver(tint);
    theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    const wait = setTimeout(tint, 200); // until it stands in the page
    model.on("msg:custom", hear);
    drawing.paint();
    const rest = insist(() => model.send({ what: "all", from }), () => "answered" in page.pad.dataset);
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(wait);
      rest();
      theme.disconnect();
      model.off("msg:custom", hear);
    };
  },
};

/** What is on the pad: strokes of the pen, over a picture that Python may have put under them. */
class Drawing {
  /** @type {Point[][]} */
  strokes = [];
  /** @type {Point[] | null} The stroke that is being drawn. */
  stroke = null;
  /** @type {HTMLCanvasElement | null} */
  base = null;
  /** Where the keys hold the pen, and whether they do. */
  pen = { x: VIEW / 2, y: VIEW / 2, keys: false };

  /** @param {HTMLCanvasElement} pad */
  constructor(pad) {
    this.pad = pad;
    this.g = context(pad, { willReadFrequently: true });
    this.copy = context(canvas(SIDE), { willReadFrequently: true });
  }

  /** @param {Point} point */
  begin(point) {
    this.stroke = [point];
    this.strokes.push(this.stroke);
  }

  end() {
    this.stroke = null;
  }

  undo() {
    if (this.strokes.length) this.strokes.pop();
    else this.base = null;
    this.end();
  }

  clear() {
    this.strokes = [];
    this.base = null;
    this.end();
  }

  /** Return the strokes for the other views: how many points each has, and these. */
  noted() {
    const lengths = this.strokes.map((stroke) => stroke.length);
    return { lengths, based: !!this.base, points: Float32Array.from(this.strokes.flat(2)).buffer };
  }

  /**
   * Show what was drawn elsewhere: in another view of the pad, or by Python.
   * @param {Strokes} strokes
   * @param {Bytes[]} buffers
   */
  take({ lengths, based }, [, , points, picture]) {
    if (!based) this.base = null;
    if (picture?.byteLength) paintGrey(this.base = canvas(SIDE), picture);
    const all = pairs(points);
    this.strokes = lengths.map((length) => all.splice(0, length));
    if (this.stroke) this.strokes.push(this.stroke); // of a hand that draws here meanwhile
    this.paint();
    this.paintPen();
  }

  /**
   * Draw on to a point, if it is far enough from the last to be seen: a fast mouse tells of a thousand a second.
   * @param {Point} point
   */
  draw([x, y]) {
    const [[lastX, lastY]] = this.stroke?.slice(-1) ?? [[x, y]];
    if (Math.hypot(x - lastX, y - lastY) >= 1) this.stroke?.push([x, y]);
  }

  /** @param {Point} step */
  movePen([x, y]) {
    this.pen.keys = true;
    this.pen.x = Math.min(Math.max(this.pen.x + x, 0), VIEW);
    this.pen.y = Math.min(Math.max(this.pen.y + y, 0), VIEW);
    this.draw([this.pen.x, this.pen.y]);
  }

  putOrLiftPen() {
    this.pen.keys = true;
    if (this.stroke) this.end();
    else this.begin([this.pen.x, this.pen.y]);
  }

  paint() {
    const { g } = this;
    g.fillStyle = "#fff";
    g.fillRect(0, 0, VIEW, VIEW);
    if (this.base) g.drawImage(this.base, 0, 0, VIEW, VIEW);
    g.lineCap = g.lineJoin = "round";
    g.lineWidth = PEN;
    g.strokeStyle = "#000";
    for (const [[x, y], ...points] of this.strokes) {
      g.beginPath();
      g.moveTo(x, y);
      g.lineTo(x + 0.1, y); // a single point is a dot
      for (const point of points) g.lineTo(...point);
      g.stroke();
    }
  }

  paintPen() {
    const { g } = this;
    if (!this.pen.keys) return;
    g.strokeStyle = "#D55E00";
    g.lineWidth = 2;
    g.strokeRect(this.pen.x - 8, this.pen.y - 8, 16, 16);
  }

  /** Return what was painted, 0 paper … 255 ink, SIDE × SIDE. */
  ink() {
    this.copy.drawImage(this.pad, 0, 0, SIDE, SIDE);
    const rgba = this.copy.getImageData(0, 0, SIDE, SIDE).data;
    return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => 255 - rgba[4 * i]).buffer;
  }
}

/**
 * Fill the view; return the parts of it that change.
 * @param {HTMLElement} el
 */
function build(el) {
  const row = make("div", el, "mnet-pad-row");
  const left = make("div", row, "");
  const pad = left.appendChild(canvas(VIEW));
  pad.className = "mnet-pad";
  pad.tabIndex = 0;
  pad.dataset.lmSuppressShortcuts = "true"; // Notebook 7 would take the keys before the pad hears of them
  pad.setAttribute("role", "application");
  pad.setAttribute("aria-label", LABEL);
  const tools = make("div", left, "mnet-pad-tools");
  const seen = make("div", row, "mnet-pad-seen");
  const bars = make("div", row, "mnet-pad-answers");
  const spoken = make("div", el, "mnet-pad-spoken");
  spoken.setAttribute("role", "status");
  spoken.setAttribute("aria-live", "polite");
  return {
    row,
    pad,
    undo: button(tools, "Undo"),
    clear: button(tools, "Clear"),
    chooser: fileChooser(left, "Read a picture file"),
    raw: picture(seen, "as drawn, 28 × 28"),
    centred: picture(seen, "centred, as MNIST"),
    bars: Array.from({ length: 10 }, (_, digit) => bar(bars, digit)),
    spoken,
  };
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {HTMLElement} parent
 * @param {string} className
 */
function make(tag, parent, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  parent.append(node);
  return node;
}

/**
 * @param {HTMLElement} parent
 * @param {string} name
 */
function button(parent, name) {
  const node = make("button", parent, "jupyter-button", name);
  node.type = "button";
  return node;
}

/**
 * Add a button that lets a file be chosen; return the input, which the browser would label in its own words.
 * @param {HTMLElement} parent
 * @param {string} name
 */
function fileChooser(parent, name) {
  const chooser = make("input", parent, "");
  Object.assign(chooser, { type: "file", accept: "image/*", hidden: true });
  button(parent, name).onclick = () => chooser.click();
  return chooser;
}

/**
 * @param {HTMLElement} parent
 * @param {string} caption
 */
function picture(parent, caption) {
  const figure = make("figure", parent, "");
  const shown = figure.appendChild(canvas(28));
  shown.setAttribute("role", "img");
  shown.setAttribute("aria-label", caption);
  make("figcaption", figure, "", caption);
  return shown;
}

/**
 * @param {HTMLElement} parent
 * @param {number} digit
 */
function bar(parent, digit) {
  const line = make("div", parent, "mnet-pad-answer");
  make("span", line, "mnet-pad-digit", String(digit));
  const track = make("div", line, "mnet-pad-track");
  return {
    line,
    bar: make("div", track, "mnet-pad-bar"),
    value: make("span", line, "mnet-pad-value", "0.00"),
  };
}

/** @param {number} side */
function canvas(side) {
  const node = document.createElement("canvas");
  node.width = node.height = side;
  return node;
}

/**
 * Let buttons, keys and the pointer change the drawing, and have `queue` called after each change.
 * @param {Page} page
 * @param {Drawing} drawing
 * @param {() => void} queue
 */
function listen({ pad, undo, clear }, drawing, queue) {
  undo.onclick = () => {
    drawing.undo();
    queue();
  };
  clear.onclick = () => {
    drawing.clear();
    queue();
  };
  pad.onkeydown = (event) => {
    if (!obey(event.key, drawing)) return;
    event.preventDefault();
    event.stopPropagation(); // or JupyterLab would take them for commands
    queue();
  };
  follow(pad, drawing, queue);
}

/**
 * @param {HTMLCanvasElement} pad
 * @param {Drawing} drawing
 * @param {() => void} queue
 */
function follow(pad, drawing, queue) {
  pad.onpointerdown = (event) => {
    pad.setPointerCapture(event.pointerId);
    drawing.pen.keys = false;
    drawing.begin(pointOf(event, pad));
    queue();
  };
  pad.onpointermove = (event) => {
    if (!drawing.stroke || drawing.pen.keys) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) drawing.draw(pointOf(part, pad));
    queue();
  };
  pad.onpointerup = pad.onpointercancel = () => drawing.end();
}

/**
 * @param {PointerEvent} event
 * @param {HTMLCanvasElement} pad
 * @returns {Point}
 */
function pointOf(event, pad) {
  const box = pad.getBoundingClientRect();
  return [((event.clientX - box.left) * VIEW) / box.width, ((event.clientY - box.top) * VIEW) / box.height];
}

/**
 * Do what a key says; return whether it says anything.
 * @param {string} key
 * @param {Drawing} drawing
 */
function obey(key, drawing) {
  if (key in STEPS) drawing.movePen(STEPS[key]);
  else if (key === " ") drawing.putOrLiftPen();
  else if (key === "u" || key === "U") drawing.undo();
  else if (key === "Delete" || key === "Backspace") drawing.clear();
  else return false;
  return true;
}

/**
 * Show what the network sees and answers.
 * @param {Page} page
 * @param {Message} message
 * @param {Bytes[]} buffers
 */
function show({ pad, raw, centred, bars, spoken }, { answers, text }, buffers) {
  paintGrey(raw, buffers[0]);
  paintGrey(centred, buffers[1]);
  const most = Math.max(...answers);
  const best = most > 0 ? answers.indexOf(most) : -1; // an empty pad has no answer
  bars.forEach(({ line, bar, value }, digit) => {
    bar.style.width = `${100 * answers[digit]}%`;
    value.textContent = answers[digit].toFixed(2);
    line.classList.toggle("mnet-best", digit === best);
  });
  if (spoken.textContent !== text) spoken.textContent = text;
  pad.dataset.answered = String(Number(pad.dataset.answered ?? 0) + 1);
}

/**
 * Paint a square picture, 0 paper … 255 ink, one byte for each pixel of the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Bytes} picture
 */
function paintGrey(canvas, picture) {
  const image = new ImageData(canvas.width, canvas.height);
  bytes(picture).forEach((ink, i) => {
    image.data.fill(255 - ink, 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  });
  context(canvas).putImageData(image, 0, 0);
}
