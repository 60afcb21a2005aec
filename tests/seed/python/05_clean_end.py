"""Stops the loop, so that its thread and the program can end."""
import asyncio
import sys
from threading import Thread

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3


def endless_event_loop(loop):
    asyncio.set_event_loop(loop)
    loop.run_forever()


async def some_func(number):
    await asyncio.sleep(SECONDS)
    return number


loop = asyncio.new_event_loop()
thread = Thread(target=endless_event_loop, args=(loop,))
thread.start()

future = asyncio.run_coroutine_threadsafe(some_func(1), loop)
print("Task result: {}".format(future.result()))
print("Loop is running: {}".format(loop.is_running()))

loop.call_soon_threadsafe(loop.stop)
thread.join()
print("Loop is running: {}".format(loop.is_running()))
