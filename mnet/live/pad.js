// A pad to draw a digit on with mouse, touch, pen or keys; what the network sees; ten bars.
const SIDE = 112; // pixels sent to Python
const VIEW = 224; // pixels on the screen
const PEN = 18;

export default {
  render({ model, el }) {
    const make = (tag, parent, style = "", text = "") => {
      const node = document.createElement(tag);
      node.style.cssText = style;
      node.textContent = text;
      parent.append(node);
      return node;
    };
    const row = make("div", el, "display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start");
    const left = make("div", row);
    const pad = make("canvas", left, `width:${VIEW}px;height:${VIEW}px;touch-action:none;cursor:crosshair;border:2px solid var(--jp-border-color1,#888);background:#fff;display:block`);
    pad.width = pad.height = VIEW;
    pad.className = "mnet-pad";
    pad.tabIndex = 0;
    pad.setAttribute("role", "application");
    pad.setAttribute(
      "aria-label",
      "Drawing pad. Draw with the pointer. With keys: arrows move the pen, Space puts it down or lifts it, U undoes, Delete clears.",
    );
    const tools = make("div", left, "display:flex;gap:8px;padding-top:6px");
    const button = (name, act) => {
      const node = make("button", tools, "", name);
      node.type = "button";
      node.className = "jupyter-button";
      node.onclick = act;
    };
    const seen = make("div", row, "display:flex;gap:12px");
    const small = (caption) => {
      const figure = make("figure", seen, "margin:0;text-align:center;font-size:90%");
      const canvas = make("canvas", figure, "width:112px;height:112px;image-rendering:pixelated;border:1px solid var(--jp-border-color1,#888)");
      canvas.width = canvas.height = 28;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", caption);
      make("figcaption", figure, "", caption);
      return canvas;
    };
    const raw = small("as drawn, 28 × 28");
    const centred = small("centred, as MNIST");
    const bars = make("div", row, "flex:1 1 240px;max-width:320px;font-variant-numeric:tabular-nums");
    const lines = Array.from({ length: 10 }, (_, digit) => {
      const line = make("div", bars, "display:flex;align-items:center;gap:6px;height:21px");
      make("span", line, "width:1em", String(digit));
      const track = make("div", line, "flex:1;height:13px;background:var(--jp-layout-color2,#eee)");
      const bar = make("div", track, "height:100%;width:0;background:#0072B2");
      const value = make("span", line, "width:3em;text-align:right", "0.00");
      return { line, bar, value };
    });
    const spoken = make("div", el, "min-height:1.5em;padding-top:4px");
    spoken.setAttribute("role", "status");
    spoken.setAttribute("aria-live", "polite");

    const g = pad.getContext("2d", { willReadFrequently: true });
    let strokes = []; // each a list of points
    let base = null; // a picture that Python put under the strokes
    let stroke = null;
    const pen = { x: VIEW / 2, y: VIEW / 2, keys: false };

    const paint = () => {
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.fillStyle = "#fff";
      g.fillRect(0, 0, VIEW, VIEW);
      if (base) g.drawImage(base, 0, 0, VIEW, VIEW);
      g.lineCap = g.lineJoin = "round";
      g.lineWidth = PEN;
      g.strokeStyle = "#000";
      for (const points of strokes) {
        g.beginPath();
        g.moveTo(...points[0]);
        g.lineTo(points[0][0] + 0.1, points[0][1]); // a single point is a dot
        for (const point of points.slice(1)) g.lineTo(...point);
        g.stroke();
      }
    };
    const copy = document.createElement("canvas");
    copy.width = copy.height = SIDE;
    const c = copy.getContext("2d", { willReadFrequently: true });
    let queued = false;
    const send = () => {
      queued = false;
      paint();
      c.drawImage(pad, 0, 0, SIDE, SIDE);
      const rgba = c.getImageData(0, 0, SIDE, SIDE).data;
      const ink = new Uint8Array(SIDE * SIDE);
      for (let i = 0; i < ink.length; i++) ink[i] = 255 - rgba[4 * i];
      model.send("drawn", undefined, [ink.buffer]);
      if (pen.keys) {
        g.strokeStyle = "#D55E00";
        g.lineWidth = 2;
        g.strokeRect(pen.x - 8, pen.y - 8, 16, 16);
      }
    };
    const queue = () => {
      if (!queued) requestAnimationFrame(send);
      queued = true;
    };
    const clear = () => {
      [strokes, stroke, base] = [[], null, null];
      queue();
    };
    const undo = () => {
      if (strokes.length) strokes.pop();
      else base = null;
      stroke = null;
      queue();
    };
    button("Undo", undo);
    button("Clear", clear);

    const at = (event) => {
      const box = pad.getBoundingClientRect();
      return [((event.clientX - box.left) * VIEW) / box.width, ((event.clientY - box.top) * VIEW) / box.height];
    };
    pad.onpointerdown = (event) => {
      pad.setPointerCapture(event.pointerId);
      pen.keys = false;
      strokes.push((stroke = [at(event)]));
      queue();
    };
    pad.onpointermove = (event) => {
      if (!stroke || pen.keys) return;
      for (const part of event.getCoalescedEvents?.() ?? [event]) stroke.push(at(part));
      queue();
    };
    pad.onpointerup = pad.onpointercancel = () => (stroke = null);
    pad.onkeydown = (event) => {
      const step = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[event.key];
      if (step) {
        pen.keys = true;
        pen.x = Math.min(Math.max(pen.x + step[0], 0), VIEW);
        pen.y = Math.min(Math.max(pen.y + step[1], 0), VIEW);
        stroke?.push([pen.x, pen.y]);
      } else if (event.key === " ") {
        pen.keys = true;
        if (stroke) stroke = null;
        else strokes.push((stroke = [[pen.x, pen.y]]));
      } else if (event.key === "u" || event.key === "U") undo();
      else if (event.key === "Delete" || event.key === "Backspace") clear();
      else return;
      event.preventDefault();
      event.stopPropagation(); // or JupyterLab would take them for commands
      queue();
    };

    const grey = (canvas, view) => {
      const image = new ImageData(28, 28);
      for (let i = 0; i < 784; i++) {
        image.data.fill(255 - view.getUint8(i), 4 * i, 4 * i + 3);
        image.data[4 * i + 3] = 255;
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    };
    let answered = 0;
    const hear = (message, [first, second, drawing]) => {
      grey(raw, first);
      grey(centred, second);
      const best = message.answers.indexOf(Math.max(...message.answers));
      lines.forEach(({ line, bar, value }, digit) => {
        bar.style.width = `${100 * message.answers[digit]}%`;
        bar.style.background = digit === best ? "#D55E00" : "#0072B2";
        value.textContent = message.answers[digit].toFixed(2);
        line.style.fontWeight = digit === best ? "bold" : "normal";
      });
      if (spoken.textContent !== message.text) spoken.textContent = message.text;
      pad.dataset.answered = ++answered;
      if (!drawing?.byteLength) return;
      const image = new ImageData(SIDE, SIDE);
      for (let i = 0; i < SIDE * SIDE; i++) {
        image.data.fill(255 - drawing.getUint8(i), 4 * i, 4 * i + 3);
        image.data[4 * i + 3] = 255;
      }
      base = document.createElement("canvas");
      base.width = base.height = SIDE;
      base.getContext("2d").putImageData(image, 0, 0);
      strokes = [];
      paint();
    };
    model.on("msg:custom", hear);
    paint();
    model.send("all");
    return () => model.off("msg:custom", hear);
  },
};
