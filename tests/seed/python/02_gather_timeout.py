"""Gathers with a timeout, which has to be fixed before the start."""
import asyncio
import sys

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3
TIMEOUT = float(sys.argv[2]) if len(sys.argv) > 2 else None


async def some_func(number):
    await asyncio.sleep(SECONDS)
    return number


async def gather_func():
    return await asyncio.gather(some_func(1), some_func(2), some_func(3))


async def main():
    try:
        results = await asyncio.wait_for(gather_func(), timeout=TIMEOUT)
    except asyncio.TimeoutError:
        print("timeout!")
    # After a timeout there are no results, and the original fails here too.
    return results


print(asyncio.run(main()))
