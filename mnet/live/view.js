// What anywidget loads for each widget, as a module of its own, which a page keeps until it is left: so this is
// short, and loads what the widgets of one kind share once for all of them.
/** @import { View } from "./anywidget.d.ts" */
/** @typedef {View<{ _code: string }>} Given */
/** @typedef {{ default: { render: (view: Given) => () => void } }} Kind */

const page = /** @type {{ mnetKinds?: Map<string, Promise<Kind>> }} */ (globalThis);
const kinds = (page.mnetKinds ??= new Map());

export default {
  /** @param {Given} view */
  async render(view) {
    const code = view.model.get("_code");
    const kind = kinds.get(code) ??
      import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    kinds.set(code, kind);
    return (await kind).default.render(view);
  },
};
