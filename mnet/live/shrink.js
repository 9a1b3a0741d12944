// Makes a picture file small enough to send: a kernel's connection breaks at some 10 MB.

const BYTES = 2_000_000; // what is no larger is sent as it is
const LONGER_SIDE = 896; // pixels; Python takes the mean of two by two

/**
 * Return what to send of a file: its bytes, those of a smaller picture, or nothing where neither can be had.
 * @param {File} file
 * @returns {Promise<ArrayBuffer[]>}
 */
export async function shrunk(file) {
  try {
    return [await (file.size > BYTES ? await smaller(file) : file).arrayBuffer()];
  } catch { // no picture that the browser knows, or a file that is gone: Python says so
    return [];
  }
}

/**
 * @param {File} file
 * @returns {Promise<Blob>}
 */
async function smaller(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, LONGER_SIDE / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(scale * side)));
  const canvas = new OffscreenCanvas(width, height);
  const g = canvas.getContext("2d");
  if (!g) throw new Error("no canvas");
  g.imageSmoothingQuality = "high";
  g.drawImage(image, 0, 0, width, height);
  image.close();
  return canvas.convertToBlob();
}
