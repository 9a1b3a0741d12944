// Fetches what the browser edition needs, shows how far it is, and opens the lesson. The files wait in the
// browser's cache: Python finds them there.

/** @typedef {Record<string, { depends: string[], file_name: string }>} Packages of Pyodide, by name */
/** @typedef {{ url: string, digests: { sha256: string } }} Wheel */

const WANTED = [
  "ipython",
  "jedi",
  "micropip",
  "numpy",
  "matplotlib",
  "tqdm",
  "click",
  "packaging",
  "typing-extensions",
];
const CORE = ["pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"];
const KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel";
const LITE = new URL("lite/", location.href);

const [button, lessonName, said, anyway, link] = ["fetch", "lesson", "said", "anyway", "open"].map((
  id,
) => /** @type {HTMLButtonElement & HTMLAnchorElement} */ (document.getElementById(id)));
const progress = /** @type {HTMLProgressElement} */ (document.getElementById("progress"));

/** Answers to a request; anything but success is an error. @param {URL} url */
async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw Error(`${url} says ${answer.status}`);
  return answer;
}

/** @param {URL} url */
const json = async (url) => (await get(url)).json();

/** The packages of these names and all that they need.
 * @param {Packages} packages @param {string[]} names @param {Set<string>} found
 */
function withDependencies(packages, names, found = new Set()) {
  for (const name of names.map((name) => name.toLowerCase().replaceAll("_", "-"))) {
    if (packages[name] && !found.has(name)) {
      withDependencies(packages, packages[name].depends, found.add(name));
    }
  }
  return [...found].map((name) => packages[name]);
}

/** The addresses of all that Python fetches, there and here. */
async function files() {
  const settings = (await json(new URL("jupyter-lite.json", LITE)))["jupyter-config-data"].litePluginSettings;
  const pyodide = new URL(settings[KERNEL].pyodideUrl, LITE);
  const { packages } = await json(new URL("pyodide-lock.json", pyodide));
  const theirs = withDependencies(packages, WANTED).map(({ file_name }) => file_name);
  /** @type {Record<string, { releases: Record<string, Wheel[]> }>} */
  const index = await json(new URL("pypi/all.json", LITE));
  const ours = Object.values(index).flatMap(({ releases }) => Object.values(releases).flat());
  return [
    pyodide,
    ...[...CORE, ...theirs].map((file) => new URL(file, pyodide)),
    ...ours.map(({ url, digests }) => new URL(`pypi/${url}?sha256=${digests.sha256}`, LITE)),
  ];
}

/** Fetches all and shows how far it is, until it is told to stop. @param {AbortSignal} signal */
async function fetchAll(signal) {
  const urls = await files();
  let [bytes, done] = [0, 0];
  await Promise.all(urls.map(async (url) => {
    const reader = (await get(url)).body?.getReader(); // Safari has no `for await` here
    for (let piece = await reader?.read(); piece?.value && !signal.aborted; piece = await reader?.read()) {
      bytes += piece.value.length;
      said.textContent = `${done} of ${urls.length} files, ${(bytes / 1e6).toFixed(1)} MB`;
    }
    progress.value = ++done / urls.length;
  }));
}

async function start() {
  button.disabled = true;
  progress.hidden = false;
  const stop = new AbortController();
  try {
    await fetchAll(stop.signal);
    location.assign(link.href);
  } catch (error) {
    stop.abort(); // the others would go on and write over what is said here
    button.disabled = false;
    anyway.hidden = location.protocol === "file:";
    said.textContent = anyway.hidden
      ? "A page opened from disk cannot run Python: serve the folder, as `python -m http.server` does."
      : `That did not work: ${/** @type {Error} */ (error).message}. Is there a network?`;
  }
}

const lesson = new URLSearchParams(location.search).get("lesson") ?? "00_start";
const lab = new URL("lab/index.html", LITE);
lab.searchParams.set("path", `notebooks/${lesson}.ipynb`);
link.href = lab.href;
lessonName.textContent = `lesson ${lesson.replace("solutions/", "").split("_")[0]}`;
button.addEventListener("click", start);
