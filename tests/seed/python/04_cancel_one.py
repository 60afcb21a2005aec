"""Cancels the first of three futures and collects the others."""
import asyncio
import sys
from concurrent.futures import CancelledError
from threading import Thread

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3


def endless_event_loop(loop):
    asyncio.set_event_loop(loop)
    loop.run_forever()


async def some_func(number):
    await asyncio.sleep(SECONDS)
    return number


loop = asyncio.new_event_loop()
Thread(target=endless_event_loop, args=(loop,)).start()

futures = [
    asyncio.run_coroutine_threadsafe(coroutine, loop)
    for coroutine in [some_func(1), some_func(2), some_func(3)]
]

futures[0].cancel()

for i, future in enumerate(futures):
    try:
        print("Task {} result: {}".format(i, future.result()))
    except CancelledError:
        print("Task {} cancelled".format(i))

loop.call_soon_threadsafe(loop.stop)
