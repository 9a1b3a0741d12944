"""A browser's page without pixels: it runs cells, moves sliders and hears the chart, over the websocket."""

import json
import time

import requests
import websocket
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import deserialize_binary_message


class FrontEnd:
    """What a notebook's page is to a kernel, which it starts. `server` is a Jupyter server's address."""

    def __init__(self, server, token):
        self.server, self.words = server, Session()
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"token {token}"
        started = self.http.post(f"{server}/api/kernels", timeout=120)
        started.raise_for_status()
        self.kernel = started.json()["id"]
        channels = f"/api/kernels/{self.kernel}/channels?session_id={self.words.session}"
        self.socket = self._connect(f"ws{server.removeprefix('http')}{channels}", token)
        self.models = {}  # comm id: the state of a widget
        self._untold = {}  # comm id: (the message that the kernel is not done with, the state to send then)
        self.painted = {}  # the last message to a chart
        self._told = 0.0  # when the chart last said that it is seen
        # Sliders speak to a sub-shell, as JupyterLab's do, so that they act while a cell is busy.
        self._subshell = None
        self._subshell = self._ask("control", "create_subshell_request", {})["subshell_id"]

    def _connect(self, address, token, tries=10):
        """Return the open websocket; a proxy that lost patience with a slow kernel is asked again."""
        header = [f"Authorization: token {token}"]
        try:
            return websocket.create_connection(address, header=header, timeout=60)
        except (websocket.WebSocketBadStatusException, websocket.WebSocketTimeoutException):
            if tries == 1:
                raise
            return self._connect(address, token, tries - 1)

    def _send(self, channel, kind, content, metadata=None, subshell=None):
        message = {"channel": channel, **self.words.msg(kind, content, metadata=metadata)}
        message["header"]["subshell_id"] = subshell
        self.socket.send(json.dumps(message, default=str))
        return message["header"]["msg_id"]

    def hear(self, seconds=120):
        """Take one message and return it; TimeoutError if none comes."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            received = self.socket.recv()
        except websocket.WebSocketTimeoutException:
            raise TimeoutError(f"the kernel said nothing for {seconds:.3g} s") from None
        read = json.loads if isinstance(received, str) else deserialize_binary_message
        message = read(received)
        kind, content = message["msg_type"], message["content"]
        comm, data = content.get("comm_id"), content.get("data", {})
        if kind == "comm_open":
            self.models[comm] = data["state"]
        elif kind == "comm_close":
            self.models.pop(comm, None)
        elif kind == "status" and content["execution_state"] == "idle":
            self._go_on(message["parent_header"].get("msg_id"))
        elif kind == "comm_msg" and data["method"] == "update" and comm in self.models:
            self.models[comm].update(data["state"])
        elif kind == "comm_msg" and data["method"] == "custom" and "obeyed" in data["content"]:
            self.painted = data["content"]
            if time.monotonic() > self._told + 1:
                self._told = time.monotonic()
                self._tell(comm, {"method": "custom", "content": "seen"})
        return message

    def until(self, what, seconds=60):
        """Hear messages until `what()` is true; TimeoutError if it does not come true."""
        end = time.monotonic() + seconds
        while not what():
            self.hear(end - time.monotonic())

    def listen(self, seconds):
        """Hear what comes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self.hear(left)
            except TimeoutError:
                return

    def _ask(self, channel, kind, content):
        asked = self._send(channel, kind, content)
        while True:
            heard = self.hear()
            if heard["channel"] == channel and heard["parent_header"].get("msg_id") == asked:
                return heard["content"]

    def run(self, source, cell=None):
        """Run a cell; return what it prints, or raise RuntimeError. Its panel replaces the former one."""
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        asked = self._send("shell", "execute_request", content, {"cellId": cell} if cell else {})
        printed, ends = "", 0
        while ends < 2:  # the reply, and the end of its outputs
            heard = self.hear(600)
            if heard["parent_header"].get("msg_id") != asked:
                continue
            kind, answer = heard["msg_type"], heard["content"]
            if kind == "error":
                raise RuntimeError("\n".join(answer["traceback"]))
            printed += answer["text"] if kind == "stream" else ""
            ends += kind == "execute_reply" or answer.get("execution_state") == "idle"
        return printed

    def value(self, expression):
        """Return the value of an expression in the kernel."""
        return json.loads(self.run(f"import json, os; print(json.dumps({expression}))"))

    # Widgets

    def _comm(self, description):
        return [comm for comm, state in self.models.items() if state.get("description") == description][-1]

    def widget(self, description):
        """Return the state of the newest widget with this description."""
        return self.models[self._comm(description)]

    def _tell(self, comm, data):
        return self._send("shell", "comm_msg", {"comm_id": comm, "data": data}, subshell=self._subshell)

    def _sync(self, comm, state):
        """Send a state as JupyterLab does: when the kernel is done with the widget's former message."""
        if comm in self._untold:
            self._untold[comm][1].update(state)
        else:
            update = {"method": "update", "state": state, "buffer_paths": []}
            self._untold[comm] = self._tell(comm, update), {}

    def _go_on(self, done):
        for comm, (asked, state) in list(self._untold.items()):
            if asked == done:
                del self._untold[comm]
                if state:
                    self._sync(comm, state)

    def heard(self):
        """Whether the kernel is done with all changes."""
        return not self._untold

    def click(self, description):
        """Press a button."""
        self._tell(self._comm(description), {"method": "custom", "content": {"event": "click"}})

    def move(self, description, **state):
        """Move a slider to its `value`, or to its `index` if it selects."""
        self.widget(description).update(state)
        self._sync(self._comm(description), state)

    def settings(self):
        """Return what the sliders of the training panel show, in the words of `Training.settings`."""
        eta = self.widget("learning rate η")
        eta, size = eta["_options_labels"][eta["index"]], self.widget("mini-batch size")["value"]
        return f"η {float(eta):.3g}, mini-batch {size}, [784, 30, 10]"

    def change(self, number):
        """Move the slider for η or mini-batch size one step, by turns; each tenth turns back."""
        way = 1 if number // 2 % 10 < 5 else -1
        if number % 2:
            self.move("mini-batch size", value=self.widget("mini-batch size")["value"] + way)
        else:
            self.move("learning rate η", index=self.widget("learning rate η")["index"] + way)

    def answered(self):
        """Whether the chart shows a point computed with what the sliders show."""
        return self.painted.get("obeyed") == self.settings()

    def agree(self, panel):
        """Pause; say whether sliders, kernel and chart then tell the same. `panel` is its name there."""
        self.click("Pause")
        kernel = f"[{panel}.worker.running, {panel}.training.settings(), {panel}.training.steps]"
        self.listen(0.5)
        return self.value(kernel) == [False, self.settings(), self.painted["steps"]] and self.answered()

    def close(self):
        """Shut the kernel down."""
        self.socket.close()
        self.http.delete(f"{self.server}/api/kernels/{self.kernel}", timeout=60)
        self.http.close()
