"""Polls a gathered call from outside its loop while it runs."""
import asyncio
import sys
import time
from threading import Thread

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3
POLL_SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 1


def endless_event_loop(loop):
    asyncio.set_event_loop(loop)
    loop.run_forever()


async def some_func(number):
    await asyncio.sleep(SECONDS)
    return number


async def gather_func():
    return await asyncio.gather(some_func(1), some_func(2), some_func(3))


loop = asyncio.new_event_loop()
Thread(target=endless_event_loop, args=(loop,)).start()

future = asyncio.run_coroutine_threadsafe(gather_func(), loop)

while not future.done():
    time.sleep(POLL_SECONDS)
    print("Concurrency is done: {}".format(future.done()))

print(future.result())

loop.call_soon_threadsafe(loop.stop)
