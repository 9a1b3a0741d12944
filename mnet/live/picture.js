// A picture that Python draws: PNG bytes and the sentence that says what is in it.
/** @import { Bytes, View } from "./anywidget.d.ts" */

export default {
  /** @param {View<{ png: Bytes, text: string }>} view */
  render({ model, el }) {
    const image = document.createElement("img");
    image.style.cssText = "max-width:100%;max-height:62vh"; // its sliders stay in sight
    el.append(image);
    let url = "";
    const paint = () => {
      const last = url;
      url = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
      image.onload = () => last && URL.revokeObjectURL(last);
      image.src = url;
      image.alt = model.get("text");
    };
    // One message brings both; the picture comes with its text.
    model.on("change:png", paint);
    paint();
    return () => {
      model.off("change:png", paint);
      URL.revokeObjectURL(url);
    };
  },
};
