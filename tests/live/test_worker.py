import asyncio
import threading

import pytest

from mnet.live.worker import Worker
from tests.support.watch import until, wait_for, workers


class Job:
    """Work that counts its calls, and may end, or fail, at one of them."""

    def __init__(self, ends=None, fails=None):
        self.calls, self.ends, self.fails, self.errors = 0, ends, fails, []
        self.threads = set()
        self.worker = Worker(self.work, self.errors.append)

    def work(self):
        self.calls += 1
        self.threads.add(threading.current_thread())
        if self.calls == self.fails:
            raise ZeroDivisionError("no such thing")
        return self.calls != self.ends


@pytest.fixture
def job():
    job = Job()
    yield job
    job.worker.stop()


def test_the_work_goes_on_in_one_daemon_thread_until_stopped(job):
    assert not job.worker.running
    job.worker.start()
    wait_for(lambda: job.calls > 5)
    job.worker.start()  # has no effect
    assert job.worker.running
    [worker] = workers()
    assert worker.daemon
    job.worker.stop()
    assert not workers()
    calls = job.calls
    assert not job.worker.running
    assert job.threads == {worker}
    job.worker.stop()  # has no effect
    job.worker.start()
    wait_for(lambda: job.calls > calls)


def test_two_that_start_at_one_instant_leave_one_at_work():
    jobs, gate = [Job() for _ in range(8)], threading.Barrier(8)

    def start(job):
        gate.wait()
        job.worker.start()

    starts = [threading.Thread(target=start, args=(job,)) for job in jobs]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    try:
        assert len(workers()) == sum(job.worker.running for job in jobs) == 1
    finally:
        for job in jobs:
            job.worker.stop()


def test_stopping_before_starting_is_harmless(job):
    job.worker.stop()
    assert not job.worker.running


def test_starting_one_stops_the_other(job):
    other = Job()
    job.worker.start()
    wait_for(lambda: job.calls)
    other.worker.start()
    assert (job.worker.running, other.worker.running) == (False, True)
    assert len(workers()) == 1
    calls = job.calls
    job.worker.stop()  # stops no one but itself
    wait_for(lambda: other.calls > 5)
    assert other.worker.running
    assert job.calls == calls
    job.worker.start()
    assert (job.worker.running, other.worker.running) == (True, False)
    assert len(workers()) == 1


@pytest.mark.parametrize("how", ["ends", "fails"])
def test_work_that_ends_or_fails_can_start_again(how):
    job = Job(**{how: 3})
    job.worker.start()
    wait_for(lambda: not workers())
    assert not job.worker.running
    assert job.calls == 3
    assert [type(error) for error in job.errors] == [ZeroDivisionError] * (how == "fails")
    job.worker.start()
    wait_for(lambda: job.calls > 6)
    assert job.worker.running
    job.worker.stop()


def test_work_may_stop_its_own_worker():
    job = Job()
    job.worker._work = lambda: job.work() and job.worker.stop()
    job.worker.start()
    wait_for(lambda: not workers())
    assert job.calls == 1


def test_without_threads_the_event_loop_drives(no_threads):
    one, other = Job(), Job(ends=4)

    async def session():
        one.worker.start()
        await until(lambda: one.calls > 3)
        one.worker.start()
        assert one.worker.running
        other.worker.start()
        calls = one.calls
        assert (one.worker.running, other.worker.running) == (False, True)
        await until(lambda: not other.worker.running)
        assert (one.calls, other.calls) == (calls, 4)
        one.worker.start()
        await until(lambda: one.calls > calls)
        one.worker.stop()
        calls = one.calls
        await asyncio.sleep(0.01)
        assert one.calls == calls
        assert len(asyncio.all_tasks()) == 1  # this one

    asyncio.run(session())
    assert not workers()


def test_without_threads_an_error_is_told_too(no_threads):
    job = Job(fails=2)

    async def session():
        job.worker.start()
        await until(lambda: job.errors)

    asyncio.run(session())
    assert not job.worker.running
    assert [type(error) for error in job.errors] == [ZeroDivisionError]
