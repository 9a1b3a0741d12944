// Fetches what the browser edition needs, shows how far it is, and opens the lesson. The files wait in the
// browser's cache: Python finds them there.
const WANTED = ["ipython", "jedi", "micropip", "numpy", "matplotlib", "tqdm", "click", "packaging", "typing-extensions"];
const CORE = ["pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"];
const LITE = new URL("lite/", location);
const at = (id) => document.getElementById(id);

async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw Error(`${url} says ${answer.status}`);
  return answer.json();
}

function closure(packages, names, found = new Set()) {
  for (const name of names.map((name) => name.toLowerCase().replaceAll("_", "-"))) {
    if (packages[name] && !found.has(name)) closure(packages, packages[name].depends, found.add(name));
  }
  return [...found];
}

async function files() {
  const settings = (await json(new URL("jupyter-lite.json", LITE)))["jupyter-config-data"].litePluginSettings;
  const pyodide = new URL(settings["@jupyterlite/pyodide-kernel-extension:kernel"].pyodideUrl, LITE);
  const { packages } = await json(new URL("pyodide-lock.json", pyodide));
  const theirs = [...CORE, ...closure(packages, WANTED).map((name) => packages[name].file_name)];
  const index = await json(new URL("pypi/all.json", LITE));
  const ours = Object.values(index).flatMap(({ releases }) => Object.values(releases).flat());
  return [
    pyodide,
    ...theirs.map((file) => new URL(file, pyodide)),
    ...ours.map(({ url, digests }) => new URL(`pypi/${url}?sha256=${digests.sha256}`, LITE)),
  ];
}

async function read(url, count) {
  const answer = await fetch(url);
  if (!answer.ok) throw Error(`${url} says ${answer.status}`);
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    count(value.length);
  }
}

async function fetchAll(open) {
  let bytes = 0;
  let done = 0;
  try {
    const urls = await files();
    const say = () => {
      at("progress").value = done / urls.length;
      at("said").textContent = `${done} of ${urls.length} files, ${(bytes / 1e6).toFixed(1)} MB`;
    };
    await Promise.all(
      urls.map(async (url) => {
        await read(url, (more) => ((bytes += more), say()));
        done += 1;
        say();
      })
    );
    location = open;
  } catch (error) {
    const disk = location.protocol === "file:";
    at("said").textContent = disk
      ? "A page opened from disk cannot run the course: serve the folder, as with `python -m http.server`."
      : `That did not work: ${error.message}. Is there a network?`;
    at("anyway").hidden = disk;
  }
}

const lesson = new URLSearchParams(location.search).get("lesson") ?? "00_start";
const open = new URL("lab/index.html", LITE);
open.searchParams.set("path", `notebooks/${lesson}.ipynb`);
at("lesson").textContent = `lesson ${lesson.replace("solutions/", "").slice(0, 2)}`;
at("anyway").firstChild.href = open;
at("fetch").onclick = () => {
  at("fetch").disabled = true;
  at("progress").hidden = false;
  fetchAll(open);
};
