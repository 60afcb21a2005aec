"""The seed's way: an event loop in a second thread, and
run_coroutine_threadsafe for each task. Measures the items that the others
measure, or runs the one-task program, and prints one line of JSON."""
import asyncio
import concurrent.futures
import json
import statistics
import sys
import threading
import time

now = time.perf_counter
active = 0


class Cannot(Exception):
    pass


class Controller:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run)
        self.thread.daemon = True
        self.thread.start()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


async def echo(value):
    return value


async def sleep(seconds):
    global active
    active += 1
    try:
        await asyncio.sleep(seconds)
    finally:
        active -= 1


def program():
    controller = Controller()
    print(controller.submit(echo("pong")).result())
    controller.close()


def cold():
    start = now()
    Controller().submit(echo(7)).result()
    return {"ms": 1e3 * (now() - start)}


def latency():
    controller, samples = Controller(), []
    for n in range(10_000):
        start = now()
        controller.submit(echo(n)).result()
        if n >= 5000:
            samples.append(1e6 * (now() - start))
    p99 = sorted(samples)[int(len(samples) * 0.99)]
    return {"medianUs": statistics.median(samples), "p99Us": p99}


def warm():
    controller = Controller()
    for future in [controller.submit(echo(n)) for n in range(1000)]:
        future.result()
    return controller


def burst(take, count=100_000):
    controller = warm()
    start = now()
    futures = [controller.submit(echo(n)) for n in range(count)]
    take(futures)
    seconds = now() - start
    return {"perSecond": count / seconds}


def results(futures):
    return [future.result() for future in futures]


def as_completed(futures):
    return [f.result() for f in concurrent.futures.as_completed(futures)]


def collect(_):
    raise Cannot("keeps no list of tasks")


def submit(count=100_000):
    controller = warm()
    start = now()
    futures = [controller.submit(echo(n)) for n in range(count)]
    seconds = now() - start
    results(futures)
    return {"perTaskUs": 1e6 * seconds / count}


def queued(count=100_000, places=100):
    controller = warm()
    semaphore = asyncio.Semaphore(places)

    async def in_turn(n):
        async with semaphore:
            return await echo(n)

    start = now()
    results([controller.submit(in_turn(n)) for n in range(count)])
    return {"perSecond": count / (now() - start)}


def mapped(count=1_000_000, places=64):
    """A task for each number, made as a place gets free."""
    controller = warm()

    async def run():
        semaphore, running = asyncio.Semaphore(places), set()

        async def in_turn(n):
            try:
                return await echo(n)
            finally:
                semaphore.release()

        for n in range(count):
            await semaphore.acquire()
            task = asyncio.ensure_future(in_turn(n))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    start = now()
    controller.submit(run()).result()
    return {"perSecond": count / (now() - start)}


def mapped_by_executor(count=1_000_000, places=64):
    with concurrent.futures.ThreadPoolExecutor(places) as executor:
        start = now()
        taken = sum(1 for _ in executor.map(lambda n: n, range(count)))
    assert taken == count
    return {"perSecond": count / (now() - start)}


def sleepers(count):
    controller = Controller()
    controller.submit(echo(1)).result()
    start = now()
    results([controller.submit(sleep(1.0)) for _ in range(count)])
    return {"ms": 1e3 * (now() - start)}


def cancel(count=10_000):
    controller = Controller()
    futures = [controller.submit(sleep(600)) for _ in range(count)]
    while active < count:
        time.sleep(0.001)
    start = now()
    for future in futures:
        future.cancel()
    while active > 0:
        time.sleep(0.0005)
    return {"ms": 1e3 * (now() - start)}


def poll(count=1_000_000):
    future = Controller().submit(sleep(600))
    time.sleep(0.05)
    start = now()
    for _ in range(count):
        if future.done():
            raise AssertionError("the sleeper has ended")
    return {"ns": 1e9 * (now() - start) / count}


def poll_blocked():
    controller = Controller()
    controller.submit(echo(1)).result()
    start = now()
    future = controller.submit(sleep(0.1))
    while not future.done():
        pass
    return {"lateMs": 1e3 * (now() - start) - 100}


def payload(make):
    controller, samples = warm(), []
    for _ in range(20):
        value = make()
        start = now()
        controller.submit(echo(value)).result()
        samples.append(1e3 * (now() - start))
    return {"ms": statistics.median(samples)}


def cannot(why):
    raise Cannot(why)


ITEMS = {
    "cold": cold,
    "latency": latency,
    "latency-pinned": latency,
    "burst": lambda: burst(results),
    "burst-as-completed": lambda: burst(as_completed),
    "burst-collect": lambda: burst(collect),
    "submit": submit,
    "queued": queued,
    "map-1m": mapped,
    "map-1m-executor": mapped_by_executor,
    "sleepers-10k": lambda: sleepers(10_000),
    "sleepers-100k": lambda: sleepers(100_000),
    "sleepers-1m": lambda: sleepers(1_000_000),
    "cancel": cancel,
    "poll": poll,
    "poll-blocked": poll_blocked,
    # A thread shares its memory: nothing is copied, or moved.
    "text": lambda: payload(lambda: "x" * 2**20),
    "bytes": lambda: payload(lambda: bytearray(16 * 2**20)),
    "transfer": lambda: payload(lambda: bytearray(16 * 2**20)),
    "object": lambda: payload(lambda: {f"key{n}": n for n in range(10_000)}),
    "lines": lambda: cannot("no output of tasks"),
    "steps": lambda: cannot("no progress"),
}


def peak_mib():
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return None


def main():
    if len(sys.argv) == 1:
        return program()
    try:
        answer = {"figures": ITEMS[sys.argv[1]]()}
        peak = peak_mib()
        if peak is not None:
            answer["figures"]["peakMiB"] = peak
    except Cannot as reason:
        answer = {"cannot": str(reason)}
    except Exception as error:
        answer = {"failed": repr(error)}
    print(json.dumps(answer), flush=True)


main()
