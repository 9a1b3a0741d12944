"""Starts a real JupyterHub with docs/jupyterhub_config.py."""

import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

COURSE = Path(__file__).resolve().parents[2]
# The hub's own file: what it had, then ours, then who may log in (anybody) and where servers run (here).
CONFIG = """
c = get_config()
c.Spawner.environment = {{"HUB": "ours", "JUPYTER_CONFIG_PATH": "/their/settings"}}
c.Spawner.cmd = ["env", "STARTED_BY=the image", "jupyterhub-singleuser"]
c.Spawner.args = {root}
load_subconfig({config!r})
c.JupyterHub.authenticator_class, c.Authenticator.allow_all = "dummy", True
c.JupyterHub.spawner_class, c.SimpleLocalProcessSpawner.home_dir_template = "simple", {homes!r}
c.JupyterHub.bind_url, c.JupyterHub.hub_bind_url, c.ConfigurableHTTPProxy.api_url = {addresses}
c.JupyterHub.services = [{{"name": "class", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [{{"name": "class", "scopes": scopes, "services": ["class"]}}]
"""


class Hub:
    """A running hub; its token may do everything that a student may."""

    def __init__(self, address, token):
        self.address, self.token = address, token

    def ask(self, method, path):
        """Return the hub's answer."""
        headers = {"Authorization": f"token {self.token}"}
        answer = requests.request(method, f"{self.address}{path}", headers=headers, timeout=320)
        answer.raise_for_status()
        return answer

    def start(self, student):
        """Start the student's server, who is new if need be; return its address when it is ready."""
        path = f"/hub/api/users/{student}"
        if student not in [user["name"] for user in self.ask("GET", "/hub/api/users").json()]:
            self.ask("POST", path)
        self.ask("POST", f"{path}/server")
        end = time.monotonic() + 300
        while not self.ask("GET", path).json()["servers"].get("", {}).get("ready"):  # slow ones are "pending"
            if time.monotonic() > end:
                raise RuntimeError(f"the server of {student} did not start within five minutes")
            time.sleep(0.2)
        return f"{self.address}/user/{student}"

    def stop(self, student):
        """Stop the student's server, and wait until it has ended."""
        path = f"/hub/api/users/{student}"
        self.ask("DELETE", f"{path}/server")
        while self.ask("GET", path).json()["servers"]:
            time.sleep(0.1)


@contextmanager
def jupyterhub(folder):
    """Start a hub whose students have their homes in this folder; yield a Hub."""
    with ExitStack() as sockets:
        free = [sockets.enter_context(socket.socket()) for _ in range(3)]
        for one in free:
            one.bind(("127.0.0.1", 0))
        addresses = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in free]
    hub = Hub(addresses[0], secrets.token_hex())
    config, log = folder / "jupyterhub_config.py", folder / "jupyterhub.log"
    config.write_text(
        CONFIG.format(
            config=str(COURSE / "docs" / "jupyterhub_config.py"),
            homes=str(folder / "{username}"),
            root=["--allow-root"] if os.getuid() == 0 else [],
            addresses=addresses,
            token=hub.token,
        )
    )
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with log.open("wb") as file:
        command = [sys.executable, "-m", "jupyterhub", "-f", str(config)]
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=file, stderr=file)
    try:
        end = time.monotonic() + 300
        while True:
            try:
                hub.ask("GET", "/hub/api/users")
                break
            except requests.RequestException:
                if server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"JupyterHub did not start:\n{log.read_text()[-5000:]}") from None
                time.sleep(0.2)
        yield hub
    finally:
        server.terminate()  # it ends the students' servers and the proxy first
        server.wait(60)
