"""An event loop as an object: create a task, cancel one of three, stop."""
import asyncio
import sys
from concurrent.futures import CancelledError
from threading import Thread

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3


class EventLoop:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()

    def create_task(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


async def some_func(number):
    await asyncio.sleep(SECONDS)
    return number


loop = EventLoop()
tasks = [loop.create_task(some_func(number)) for number in (1, 2, 3)]

tasks[1].cancel()

for i, task in enumerate(tasks):
    try:
        print("Task {} result: {}".format(i, task.result()))
    except CancelledError:
        print("Task {} cancelled".format(i))

loop.stop()
