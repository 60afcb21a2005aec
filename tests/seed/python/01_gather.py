"""Gathers three sleepers and prints what they return."""
import asyncio
import sys

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3


async def some_func(number):
    await asyncio.sleep(SECONDS)
    return number


async def gather_func():
    return await asyncio.gather(some_func(1), some_func(2), some_func(3))


print(asyncio.run(gather_func()))
