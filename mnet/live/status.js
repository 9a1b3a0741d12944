// One line of text under a panel, read out when it changes, and the names that screen readers need:
// a noUiSlider handle has no label of its own and speaks 1.0000000000000002.
export default {
  render({ model, el }) {
    const line = document.createElement("div");
    line.setAttribute("role", "status");
    line.setAttribute("aria-live", "polite");
    line.style.cssText = "min-height:1.5em;line-height:1.5;white-space:normal;max-width:44em";
    el.append(line);
    let timer;
    const say = () => {
      // Spoken at most once a second: a moving slider must not flood the listener.
      clearTimeout(timer);
      timer = setTimeout(() => line.setAttribute("aria-busy", "false"), 1000);
      line.setAttribute("aria-busy", "true");
      line.textContent = model.get("text");
    };
    model.on("change:text", say);
    say();

    const name = () => {
      const panel = el.closest(".mnet-panel");
      for (const slider of panel?.querySelectorAll(".widget-slider, .widget-hslider") ?? []) {
        const handle = slider.querySelector(".noUi-handle");
        const label = slider.querySelector(".widget-label")?.textContent;
        const value = slider.querySelector(".widget-readout")?.textContent;
        if (!handle) continue;
        handle.dataset.lmSuppressShortcuts = "true"; // Notebook 7 would take the arrow keys
        // Written only when different, or the observer below would never rest.
        if (handle.getAttribute("aria-label") !== label) handle.setAttribute("aria-label", label);
        if (handle.getAttribute("aria-valuetext") !== value) handle.setAttribute("aria-valuetext", value);
      }
    };
    // JupyterLab 4.6 keeps each closed comm while the kernel lives, and with it the widget and its elements.
    const comms = [...(model.widget_manager?.kernel?._comms?.values() ?? [])];
    // The panel answers this in the kernel's thread for the page; there is none where kernels know one thread.
    comms.findLast((comm) => comm.targetName === "jupyter.widget")?.subshellStarted?.then(() => model.send("shown"));
    const release = () => {
      for (const comm of comms) if (comm.isDisposed) comm.onClose = comm.onMsg = undefined;
    };
    let observer;
    const wait = setTimeout(() => {
      const panel = el.closest(".mnet-panel");
      if (!panel) return;
      observer = new MutationObserver(name);
      observer.observe(panel, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] });
      name();
    }, 200);
    return () => {
      clearTimeout(wait);
      clearTimeout(timer);
      observer?.disconnect();
      model.off("change:text", say);
      setTimeout(release, 1000); // when the rest of the panel has been closed too
    };
  },
};
