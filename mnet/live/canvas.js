// What the views that paint share. Python puts this in place of their import: see view.py.
/** @import { Bytes } from "./anywidget.d.ts" */

/**
 * Return the bytes of a buffer, as whichever of three kinds the front end delivers it.
 * @param {Bytes} b
 */
export function bytes(b) {
  return b instanceof ArrayBuffer ? new Uint8Array(b) : new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
}

/**
 * Return the points that come as pairs of float32.
 * @param {Bytes} b
 * @returns {[x: number, y: number][]}
 */
export function pairs(b) {
  const numbers = new Float32Array(bytes(b).slice().buffer); // copied, to begin at a multiple of 4
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}

/**
 * Ask now, and every two seconds until it is heard; return what ends it. A page that JupyterLab connects anew
 * loses what it says meanwhile.
 * @param {() => void} ask
 * @param {() => boolean} heard
 */
export function insist(ask, heard) {
  const again = () => {
    try {
      if (heard()) clearInterval(timer);
      else ask();
    } catch { // there is no kernel to ask
      clearInterval(timer);
    }
  };
  const timer = setInterval(again, 2000);
  ask();
  return () => clearInterval(timer);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [options]
 */
export function context(canvas, options) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", options));
}

/**
 * Make a canvas as fine as the screen; return its context, and its size where type is 13 high.
 * @param {HTMLCanvasElement} canvas
 * @param {number} [least] so wide it must be at least: in a narrower place all shrinks
 */
export function fit(canvas, least = 0) {
  const ratio = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const type = parseFloat(getComputedStyle(canvas).fontSize) / 13;
  const scale = Math.min(type, canvas.clientWidth / least);
  const g = context(canvas);
  g.setTransform(ratio * scale, 0, 0, ratio * scale, 0, 0);
  return { g, width: canvas.clientWidth / scale, height: canvas.clientHeight / scale, scale };
}

/**
 * Return what to paint with on an element: the paper behind it, whether that is dark, and the ink, the rules
 * and those of the palette's colours that have to be others to be seen there.
 *
 * The theme does not tell: VS Code puts white behind widgets in a dark one, others have none of JupyterLab's.
 * @param {HTMLElement} el
 */
export function surroundings(el) {
  const g = context(Object.assign(document.createElement("canvas"), { width: 1, height: 1 }));
  const layers = [];
  for (let node = /** @type {HTMLElement | null} */ (el); node; node = node.parentElement) {
    layers.unshift(getComputedStyle(node).backgroundColor);
  }
  for (const layer of ["white", ...layers]) {
    g.fillStyle = layer;
    g.fillRect(0, 0, 1, 1);
  }
  const [red, green, blue] = g.getImageData(0, 0, 1, 1).data;
  const paper = `rgb(${red} ${green} ${blue})`;
  const dark = 0.3 * red + 0.6 * green + 0.1 * blue < 128;
  return dark
    ? { paper, dark, ink: "#e4e4e4", rule: "#424242", blue: "#56B4E9", grey: "#9a9a9a" }
    : { paper, dark, ink: "#1a1a1a", rule: "#e0e0e0", blue: "#0072B2", grey: "#767676" };
}
