// One line of text under a panel, read out when it changes, and the names that screen readers need:
// a noUiSlider handle has no label of its own and speaks 1.0000000000000002.
/** @import { Comm, Model, View } from "./anywidget.d.ts" */
/** @typedef {Model<{ text: string }, never, "shown">} Text */

export default {
  /** @param {View<{ text: string }, never, "shown">} view */
  render({ model, el }) {
    // JupyterLab 4.6 keeps each closed comm while the kernel lives, and with it the widget and its elements.
    const comms = [...(model.widget_manager?.kernel?._comms?.values() ?? [])];
    // The panel answers in the kernel's thread for the page; there is none where kernels know one thread.
    const page = comms.findLast((comm) => comm.targetName === "jupyter.widget");
    page?.subshellStarted?.then(() => model.send("shown"));
    const hush = speak(model, el);
    const rest = nameSliders(el);
    return () => {
      hush();
      rest();
      setTimeout(() => release(comms), 1000); // when the rest of the panel has been closed too
    };
  },
};

/**
 * Keep a polite line of text in `el`; return what ends it.
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
  const say = () => {
    // Spoken at most once a second: a moving slider must not flood the listener.
    clearTimeout(timer);
    timer = setTimeout(() => line.setAttribute("aria-busy", "false"), 1000);
    line.setAttribute("aria-busy", "true");
    line.textContent = model.get("text");
  };
  model.on("change:text", say);
  say();
  return () => {
    clearTimeout(timer);
    model.off("change:text", say);
  };
}

/**
 * Keep the sliders of the panel around `el` named, as soon as it stands in the page; return what ends it.
 * @param {HTMLElement} el
 */
function nameSliders(el) {
  const observer = new MutationObserver(() => name(el));
  const what = { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] };
  const wait = setTimeout(() => {
    const panel = el.closest(".mnet-panel");
    if (!panel) return;
    observer.observe(panel, what);
    name(el);
  }, 200);
  return () => {
    clearTimeout(wait);
    observer.disconnect();
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
