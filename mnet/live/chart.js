// Cost curves (left, logarithmic) and validation accuracy (right), on one canvas.
// Painting costs the same however long the run: Python halves the points when there are too many.

const COLOURS = {
  light: { train: "#0072B2", valid: "#D55E00", ghost: "#767676" },
  dark: { train: "#56B4E9", valid: "#E69F00", ghost: "#9a9a9a" },
};
const DASHES = [[2, 3], [7, 3], [7, 3, 2, 3], [12, 4], [1, 5]];

export default {
  render({ model, el }) {
    const canvas = document.createElement("canvas");
    canvas.className = "mnet-chart";
    canvas.setAttribute("role", "img");
    // Sizes are those of JupyterLab's usual type, 13 px: larger type, on a projector, enlarges everything.
    const type = "var(--jp-ui-font-size1, 13px)";
    canvas.style.cssText = `width:100%;display:block;height:calc(${model.get("height") / 13} * ${type});font-size:${type}`;
    const facts = document.createElement("div");
    facts.className = "mnet-facts";
    facts.style.cssText = "font-variant-numeric:tabular-nums;padding:2px 0 4px";
    const runs = document.createElement("ol");
    runs.setAttribute("aria-label", "earlier runs");
    runs.style.cssText = "margin:0;padding-left:1.6em;font-size:90%";
    el.style.contain = "content"; // what changes in here lays nothing out elsewhere
    el.append(facts, canvas, runs);

    let points = [];
    let last = { validation: [], ghosts: [], epochs: 0, steps: 0, settings: "", obeyed: "" };
    let queued = false;

    const paint = () => {
      queued = false;
      const ratio = window.devicePixelRatio || 1;
      if (!canvas.clientWidth) {
        // Out of sight, perhaps for this moment alone, which `sight` takes no notice of: ask it anew.
        sight.unobserve(canvas);
        sight.observe(canvas);
        return;
      }
      const pixels = { width: Math.round(canvas.clientWidth * ratio), height: Math.round(canvas.clientHeight * ratio) };
      if (canvas.width !== pixels.width || canvas.height !== pixels.height) Object.assign(canvas, pixels);
      const g = canvas.getContext("2d");
      const css = getComputedStyle(el);
      const scale = parseFloat(getComputedStyle(canvas).fontSize) / 13;
      const width = canvas.clientWidth / scale;
      const height = canvas.clientHeight / scale;
      const ink = css.getPropertyValue("--jp-ui-font-color1") || "#222";
      const rule = css.getPropertyValue("--jp-border-color2") || "#ccc";
      const dark = document.body.dataset.jpThemeLight === "false";
      const colour = dark ? COLOURS.dark : COLOURS.light;
      g.setTransform(ratio * scale, 0, 0, ratio * scale, 0, 0);
      g.clearRect(0, 0, width, height);
      g.font = "13px sans-serif";
      g.fillStyle = ink;

      // In a long run a point is the mean of many: the newest one ends the line, or it would lag behind.
      const line = last.newest ? [...points, last.newest] : points;
      const all = [line, last.validation, ...last.ghosts.map((ghost) => ghost.cost)].flat();
      const longest = Math.max(1, last.epochs, ...last.ghosts.map((ghost) => ghost.cost.at(-1)?.[0] ?? 0));
      const costs = all.map((p) => p[1]).filter((c) => c > 0);
      const top = Math.log10(Math.max(1, ...costs) * 1.2);
      const bottom = Math.log10(Math.max(0.001, Math.min(0.1, ...costs) / 1.2));

      const plot = (left, right, title, ticks, y) => {
        const box = { left, right, top: 28, bottom: height - 38 };
        const X = (epochs) => box.left + ((box.right - box.left) * epochs) / longest;
        const Y = (value) => box.bottom - (box.bottom - box.top) * y(value);
        g.setLineDash([]);
        g.lineWidth = 1;
        g.textAlign = "left";
        g.fillText(title, box.left - 34, 14);
        g.textAlign = "right";
        for (const [value, label] of ticks) {
          if (y(value) < 0 || y(value) > 1) continue;
          g.strokeStyle = rule;
          g.beginPath();
          g.moveTo(box.left, Y(value));
          g.lineTo(box.right, Y(value));
          g.stroke();
          g.fillText(label, box.left - 5, Y(value) + 4);
        }
        g.textAlign = "center";
        const step = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1e4, 1e5].find((s) => longest / s <= 6) ?? 1e6;
        for (let e = 0; e <= longest + 1e-9; e += step) g.fillText(String(+e.toFixed(1)), X(e), box.bottom + 15);
        g.fillText("epochs", (box.left + box.right) / 2, box.bottom + 31);
        return (line, style, dash, thick, markers) => {
          g.strokeStyle = g.fillStyle = style;
          g.lineWidth = thick;
          g.setLineDash(dash);
          g.beginPath();
          line.forEach(([epochs, value], i) => g[i ? "lineTo" : "moveTo"](X(epochs), Y(value)));
          g.stroke();
          g.setLineDash([]);
          if (markers) for (const [epochs, value] of line) g.fillRect(X(epochs) - 3, Y(value) - 3, 6, 6);
          g.fillStyle = ink;
          return line.length ? [X(line.at(-1)[0]), Y(line.at(-1)[1])] : null;
        };
      };
      const number = (at, text) => {
        if (!at) return;
        g.textAlign = "left";
        g.lineWidth = 4;
        g.strokeStyle = css.getPropertyValue("--jp-layout-color0") || "#fff";
        g.strokeText(text, at[0] + 4, at[1] + 4);
        g.fillText(text, at[0] + 4, at[1] + 4);
      };
      const split = width * 0.6;
      const decades = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3].map((v) => [v, String(v)]);
      const clamp = (v) => Math.min(Math.max(v, 0), 1);
      const cost = plot(44, split - 26, "cost (logarithmic)", decades, (c) => (Math.log10(Math.max(c, 1e-9)) - bottom) / (top - bottom));
      let ends = last.ghosts.map((ghost, i) => cost(ghost.cost, colour.ghost, DASHES[i % 5], 1.5));
      cost(line, colour.train, [], 2, false);
      const sparse = last.validation.length < 40;
      cost(last.validation.map((p) => [p[0], p[1]]), colour.valid, [6, 3], 1.5, sparse);
      ends.forEach((end, i) => number(end, i + 1)); // last, so that no curve crosses them
      const percent = [0, 25, 50, 75, 90, 100].map((v) => [v / 100, `${v} %`]);
      const right = plot(split + 44, width - 22, "validation accuracy", percent, clamp);
      ends = last.ghosts.map((ghost, i) => right(ghost.validation.map((p) => [p[0], p[2]]), colour.ghost, DASHES[i % 5], 1.5));
      right(last.validation.map((p) => [p[0], p[2]]), colour.valid, [6, 3], 2, sparse);
      ends.forEach((end, i) => number(end, i + 1));

      g.textAlign = "right";
      g.fillStyle = colour.train;
      g.fillText("— training", split - 110, 14);
      g.fillStyle = colour.valid;
      g.fillText("▪ validation", split - 26, 14);

      telling ??= setTimeout(tell, 150); // digits that change faster cannot be read, and laying text out costs
      // What the newest painted point was computed with: the tests time a slider by it.
      canvas.dataset.settings = last.obeyed;
      canvas.dataset.steps = last.steps;
    };
    let telling;
    const tell = () => {
      telling = undefined;
      const [, , accuracy] = last.validation.at(-1) ?? [0, 0, 0];
      const speed = last.speed ? ` · ${Math.round(last.speed).toLocaleString("en")} mini-batches/s` : "";
      facts.textContent =
        `epoch ${Math.floor(last.epochs)}, ${Math.floor((last.epochs % 1) * 100)} % through · ` +
        `validation ${(100 * accuracy).toFixed(1)} %${speed} · ${last.settings}`;
      canvas.setAttribute("aria-label", `Cost and accuracy curves: ${facts.textContent}`);
    };
    const queue = () => {
      if (!queued) requestAnimationFrame(paint);
      queued = true;
    };

    let told = 0;
    const hear = (message, buffers) => {
      if (message.fresh) {
        points = [];
        runs.replaceChildren(
          ...message.ghosts.map((ghost) => {
            const item = document.createElement("li");
            item.textContent = ghost.label;
            return item;
          }),
        );
      }
      const b = buffers[0];
      const numbers = new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength));
      for (let i = 0; i < numbers.length; i += 2) points.push([numbers[i], numbers[i + 1]]);
      last = { ...last, ...message };
      queue();
      // Python pauses a training that nobody sees: a closed or hidden page stops saying this.
      if (performance.now() - told > 1000 && document.visibilityState === "visible") {
        told = performance.now();
        model.send("seen");
      }
    };
    model.on("msg:custom", hear);
    const sizes = new ResizeObserver(queue);
    sizes.observe(canvas);
    // JupyterLab renders no cell that is out of sight: what was painted there, in another theme say, is lost.
    const sight = new IntersectionObserver((looks) => looks.at(-1).isIntersecting && queue());
    sight.observe(canvas);
    const theme = new MutationObserver(queue);
    theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    model.send("all");
    queue();
    return () => {
      clearTimeout(telling);
      model.off("msg:custom", hear);
      sizes.disconnect();
      sight.disconnect();
      theme.disconnect();
    };
  },
};
