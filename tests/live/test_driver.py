import asyncio
import threading

import pytest

from mnet.live.driver import Driver
from tests.support.watch import until, wait_for, workers


class Job:
    """Work that counts its calls, and may end, or fail, at one of them."""

    def __init__(self, ends=None, fails=None):
        self.calls, self.ends, self.fails, self.errors = 0, ends, fails, []
        self.threads = set()
        self.driver = Driver(self.work, self.errors.append)

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
    job.driver.stop()


def test_the_work_goes_on_in_one_daemon_thread_until_stopped(job):
    assert not job.driver.running
    job.driver.start()
    wait_for(lambda: job.calls > 5)
    job.driver.start()  # has no effect
    assert job.driver.running
    [worker] = workers()
    assert worker.daemon
    job.driver.stop()
    assert not workers()
    calls = job.calls
    assert not job.driver.running
    assert job.threads == {worker}
    job.driver.stop()  # has no effect
    job.driver.start()
    wait_for(lambda: job.calls > calls)


def test_two_that_start_at_one_instant_leave_one_at_work():
    jobs, gate = [Job() for _ in range(8)], threading.Barrier(8)

    def start(job):
        gate.wait()
        job.driver.start()

    starts = [threading.Thread(target=start, args=(job,)) for job in jobs]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    try:
        assert len(workers()) == sum(job.driver.running for job in jobs) == 1
    finally:
        for job in jobs:
            job.driver.stop()


def test_stopping_before_starting_is_harmless(job):
    job.driver.stop()
    assert not job.driver.running


def test_starting_one_stops_the_other(job):
    other = Job()
    job.driver.start()
    wait_for(lambda: job.calls)
    other.driver.start()
    assert (job.driver.running, other.driver.running) == (False, True)
    assert len(workers()) == 1
    calls = job.calls
    job.driver.stop()  # stops no one but itself
    wait_for(lambda: other.calls > 5)
    assert other.driver.running
    assert job.calls == calls
    job.driver.start()
    assert (job.driver.running, other.driver.running) == (True, False)
    assert len(workers()) == 1


@pytest.mark.parametrize("how", ["ends", "fails"])
def test_work_that_ends_or_fails_can_start_again(how):
    job = Job(**{how: 3})
    job.driver.start()
    wait_for(lambda: not workers())
    assert not job.driver.running
    assert job.calls == 3
    assert [type(error) for error in job.errors] == [ZeroDivisionError] * (how == "fails")
    job.driver.start()
    wait_for(lambda: job.calls > 6)
    assert job.driver.running
    job.driver.stop()


def test_work_may_stop_its_own_driver():
    job = Job()
    job.driver._work = lambda: job.work() and job.driver.stop()
    job.driver.start()
    wait_for(lambda: not workers())
    assert job.calls == 1


def test_without_threads_the_event_loop_drives(no_threads):
    one, other = Job(), Job(ends=4)

    async def session():
        one.driver.start()
        await until(lambda: one.calls > 3)
        one.driver.start()
        assert one.driver.running
        other.driver.start()
        calls = one.calls
        assert (one.driver.running, other.driver.running) == (False, True)
        await until(lambda: not other.driver.running)
        assert (one.calls, other.calls) == (calls, 4)
        one.driver.start()
        await until(lambda: one.calls > calls)
        one.driver.stop()
        calls = one.calls
        await asyncio.sleep(0.01)
        assert one.calls == calls
        assert len(asyncio.all_tasks()) == 1  # this one

    asyncio.run(session())
    assert not workers()


def test_without_threads_an_error_is_told_too(no_threads):
    job = Job(fails=2)

    async def session():
        job.driver.start()
        await until(lambda: job.errors)

    asyncio.run(session())
    assert not job.driver.running
    assert [type(error) for error in job.errors] == [ZeroDivisionError]
