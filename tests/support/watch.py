"""Watch the training threads and wait for them: with a limit, but no fixed time."""

import asyncio
import threading
import time


def workers():
    return [thread for thread in threading.enumerate() if thread.name == "mnet"]


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


async def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0.002)
