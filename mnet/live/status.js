// One line of text under a panel, read out when it changes, and the names that screen readers need:
// a noUiSlider handle has no label of its own and speaks 1.0000000000000002.
/** @import { Comm, Model, View } from "./anywidget.d.ts" */
/** @typedef {"shown" | "alive?" | { slider: string, typed: string }} Said */
/** @typedef {Model<{ text: string }, "alive", Said>} Text */

const ENDED = "The kernel has ended: run the cells down to here again.";
const SILENT = ": a cell may keep it busy, or the connection is lost. " +
  "If it has ended, run the cells down to here again.";
// Questions without an answer, two seconds apart, before the panel says so, and before it is greyed: a cell
// of a loaded machine keeps a living kernel as long.
const [DOUBT, PATIENCE] = [3, 10];

export default {
  /** @param {View<{ text: string }, "alive", Said>} view */
  render({ model, el }) {
    // JupyterLab 4.6 keeps each closed comm while the kernel lives, and with it the widget and its elements.
    const comms = [...(model.widget_manager?.kernel?._comms?.values() ?? [])];
    // The panel answers in the kernel's thread for the page; there is none where kernels know one thread.
    const page = comms.findLast((comm) => comm.targetName === "jupyter.widget");
    page?.subshellStarted?.then(() => model.send("shown"));
    const { tell, hush } = speak(model, el);
    let rest = () => {};
    const begin = () => {
      const panel = el.closest(".mnet-panel");
      if (!(panel instanceof HTMLElement)) { // it does not stand in the page yet
        wait = setTimeout(begin, 200);
        return;
      }
      const ends = [
        nameSliders(el, panel),
        takeTyped(model, panel),
        keepKeys(panel),
        watch(model, el, panel, tell),
      ];
      rest = () => ends.forEach((end) => end());
    };
    let wait = setTimeout(begin, 200);
    return () => {
      clearTimeout(wait);
      hush();
      rest();
      setTimeout(() => release(comms), 1000); // when the rest of the panel has been closed too
    };
  },
};

/**
 * Keep a polite line of text in `el`; return what puts words in the place of Python's, and what ends it.
 * @param {Text} model
 * @param {HTMLElement} el
 */
function speak(model, el) {
  const line = document.createElement("div");
  line.setAttribute("role", "status");
  line.setAttribute("aria-live", "polite");
  line.style.cssText = "min-height:1.5em;line-height:1.5;white-space:normal;max-width:44em";
  el.append(line);
  let timer = 0;
  let instead = "";
  const say = () => {
    // Spoken at most once a second: a moving slider must not flood the listener.
    clearTimeout(timer);
    timer = setTimeout(() => line.setAttribute("aria-busy", "false"), 1000);
    line.setAttribute("aria-busy", "true");
    line.textContent = instead || model.get("text");
  };
  const tell = (/** @type {string} */ words) => {
    if (words === instead) return;
    instead = words;
    say();
  };
  model.on("change:text", say);
  say();
  const hush = () => {
    clearTimeout(timer);
    model.off("change:text", say);
  };
  return { tell, hush };
}

/**
 * Keep the sliders of the panel around `el` named; return what ends it.
 * @param {HTMLElement} el
 * @param {HTMLElement} panel
 */
function nameSliders(el, panel) {
  const observer = new MutationObserver(() => name(el));
  const what = { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] };
  observer.observe(panel, what);
  name(el);
  return () => observer.disconnect();
}

/**
 * Send what is typed beside a slider, on Enter and when it is left; till it is heard, the old value stands.
 *
 * ipywidgets takes some of it, some not, and leaves standing what it does not take.
 * @param {Text} model
 * @param {HTMLElement} panel
 */
function takeTyped(model, panel) {
  const ends = new AbortController();
  let shown = "";
  const listen = (
    /** @type {string} */ kind,
    /** @type {(readout: HTMLElement, event: Event) => void} */ act,
  ) =>
    panel.addEventListener(kind, (event) => {
      const readout = event.target;
      if (readout instanceof HTMLElement && readout.matches(".widget-readout")) act(readout, event);
    }, { capture: true, signal: ends.signal });
  const take = (/** @type {HTMLElement} */ readout, /** @type {Event} */ event) => {
    event.stopImmediatePropagation();
    const typed = readout.textContent ?? "";
    const slider = readout.parentElement?.querySelector(".widget-label")?.textContent ?? "";
    if (typed === shown) return;
    readout.textContent = shown;
    model.send({ slider, typed });
  };
  listen("focus", (readout) => shown = readout.textContent ?? "");
  listen("blur", take);
  listen("keydown", (readout, event) => {
    if (/** @type {KeyboardEvent} */ (event).key !== "Enter") return;
    event.preventDefault();
    take(readout, event);
    readout.blur();
  });
  return () => ends.abort();
}

/**
 * Keep plain keys in the panel from JupyterLab, where `d d` deletes a cell, and the arrows of a list would go on
 * to the next one; Shift+Enter and Escape go on.
 * @param {HTMLElement} panel
 */
function keepKeys(panel) {
  /** @type {HTMLElement | null} Whom JupyterLab passes over now: what has the focus, or `:focus` finds it. */
  let kept = null;
  const decide = (/** @type {KeyboardEvent} */ { target, key, ctrlKey, metaKey, altKey }) => {
    if (kept) delete kept.dataset.lmSuppressShortcuts;
    kept = null;
    if (!(target instanceof HTMLElement && panel.contains(target))) return;
    const moves = target instanceof HTMLSelectElement && /^(Arrow|Page|Home$|End$)/.test(key);
    const plain = (key.length === 1 || moves) && !ctrlKey && !metaKey && !altKey;
    if (!plain || target.dataset.lmSuppressShortcuts) return;
    kept = target;
    kept.dataset.lmSuppressShortcuts = "true";
  };
  addEventListener("keydown", decide, true); // before JupyterLab hears of it
  return () => removeEventListener("keydown", decide, true);
}

/**
 * Ask the kernel every two seconds whether it lives; say so while it does not answer, and grey the panel.
 * @param {Text} model
 * @param {HTMLElement} el
 * @param {HTMLElement} panel
 * @param {(words: string) => void} tell
 */
function watch(model, el, panel, tell) {
  let asked = 0; // without an answer
  let since = new Date(); // of the first of these
  let ended = false;
  let told = false; // the kernel knows that the panel is shown: JupyterLab drops the first word of some pages
  const grey = (/** @type {boolean} */ lost) => {
    if (panel.classList.contains("mnet-lost") === lost) return;
    panel.classList.toggle("mnet-lost", lost);
    for (const row of /** @type {HTMLElement[]} */ ([...panel.children])) {
      if (row.contains(el)) continue;
      row.inert = lost;
      row.style.opacity = lost ? "0.35" : "";
    }
  };
  const show = () => {
    grey(ended || asked > PATIENCE);
    const silent = `The kernel has not answered since ${since.toLocaleTimeString("en-GB")}${SILENT}`;
    tell(ended ? ENDED : asked > DOUBT ? silent : "");
  };
  const hear = (/** @type {"alive"} */ message) => {
    if (message !== "alive") return;
    asked = 0;
    ended = false;
    told = true;
    show();
  };
  const ask = () => {
    if (document.hidden) return;
    if (!asked) since = new Date();
    asked += 1;
    show();
    if (asked > PATIENCE && asked % 5) return; // a new kernel would log each question
    try {
      model.send(told ? "alive?" : "shown");
    } catch { // there is no kernel to send to
      ended = true;
      asked = Math.max(asked, PATIENCE);
      show();
    }
  };
  model.on("msg:custom", hear);
  const timer = setInterval(ask, 2000);
  return () => {
    clearInterval(timer);
    model.off("msg:custom", hear);
  };
}

/** @param {HTMLElement} el */
function name(el) {
  const panel = el.closest(".mnet-panel");
  for (const slider of panel?.querySelectorAll(".widget-slider, .widget-hslider") ?? []) {
    const label = slider.querySelector(".widget-label")?.textContent ?? "";
    const value = slider.querySelector(".widget-readout")?.textContent ?? "";
    const handle = /** @type {HTMLElement | null} */ (slider.querySelector(".noUi-handle"));
    if (!handle) continue;
    handle.dataset.lmSuppressShortcuts = "true"; // Notebook 7 would take the arrow keys for its own
    // Written only when different, or the observer above would never rest.
    if (handle.getAttribute("aria-label") !== label) handle.setAttribute("aria-label", label);
    if (handle.getAttribute("aria-valuetext") !== value) handle.setAttribute("aria-valuetext", value);
  }
}

/** @param {Comm[]} comms */
function release(comms) {
  for (const comm of comms) if (comm.isDisposed) comm.onClose = comm.onMsg = undefined;
}
