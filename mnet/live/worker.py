"""Runs a training beside the notebook: a thread, or an asyncio task where threads cannot start."""

import asyncio
import threading
import time


class Worker:
    """Calls `work` again and again until stopped; one worker at a time in a kernel.

    `work()` returns False to end. What it raises goes to `failed(error)`, since nobody sees a thread's
    traceback. `replaced()` is called when another worker takes its place. Never await a training in a cell:
    a slider moved meanwhile would freeze.
    """

    _running = None  # the worker at work in this kernel
    _starting = threading.RLock()  # two buttons may be heard at one instant, each in a thread of its own

    def __init__(self, work, failed, replaced=lambda: None):
        self._work, self._failed, self._replaced = work, failed, replaced
        self._halt = threading.Event()
        self._thread = self._task = None  # one of them while it works

    @property
    def running(self):
        """Whether the work goes on."""
        return Worker._running is self and not self._halt.is_set()

    def start(self):
        """Begin, after stopping whichever worker is at work."""
        with Worker._starting:
            if self.running:
                return
            former = Worker._running
            if former:
                former.stop()
                former._replaced()
            Worker._running, self._halt = self, threading.Event()
            try:
                self._thread = threading.Thread(
                    target=self._loop, args=(self._halt,), name="mnet", daemon=True
                )
                self._thread.start()
            except RuntimeError:  # no threads here (Pyodide): the event loop drives
                self._thread, self._task = None, asyncio.get_event_loop().create_task(self._turns(self._halt))

    def stop(self):
        """End the work and wait for it; harmless when nothing runs."""
        self._halt.set()
        if Worker._running is self:
            Worker._running = None
        thread = self._thread
        if thread and thread is not threading.current_thread():
            thread.join(5)
        self._thread = self._task = None

    def _once(self, halt):
        try:
            if self._work() is False:
                halt.set()
        except Exception as error:
            halt.set()
            self._failed(error)

    def _loop(self, halt):
        while not halt.is_set():
            self._once(halt)
            time.sleep(0.0001)  # lets the thread that hears the sliders have the interpreter

    async def _turns(self, halt):
        while not halt.is_set():
            self._once(halt)
            await asyncio.sleep(0.001)
