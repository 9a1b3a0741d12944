"""Puts together as much of Pyodide as the package registries have: the core, and what is Python alone."""

import hashlib
import json
import shutil
import subprocess
import sys

KERNEL = "micropip", "ipython", "jedi", "packaging", "typing-extensions", "tqdm", "click"


def with_dependencies(packages, names):
    """Return these packages of Pyodide's and all that they depend on."""
    found, todo = {}, [*names]
    while todo:
        name = todo.pop().lower().replace("_", "-")
        if name not in found:
            found[name] = packages[name]
            todo += packages[name]["depends"]
    return found


def put_together(folder, version):
    """Fill the folder with a Pyodide that starts a kernel; NumPy's browser build is on no registry."""
    if (folder / "pyodide-lock.json").exists():
        return
    npm = "npm", "install", "--silent", "--no-save", "--prefix", folder / "npm", f"pyodide@{version}"
    subprocess.run(npm, check=True)
    core = folder / "npm" / "node_modules" / "pyodide"
    for name in "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip":
        shutil.copy(core / name, folder)
    lock = json.loads((core / "pyodide-lock.json").read_text("utf-8"))
    lock["packages"] = with_dependencies(lock["packages"], KERNEL)
    pinned = [f"{package['name']}=={package['version']}" for package in lock["packages"].values()]
    pip = sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", folder
    pure = "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"
    subprocess.run([*pip, *pure, *pinned], check=True, capture_output=True)
    for package in lock["packages"].values():  # the same versions, packed elsewhere
        wheel = (folder / package["file_name"]).read_bytes()
        package["sha256"] = hashlib.sha256(wheel).hexdigest()
    shutil.rmtree(folder / "npm")
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
