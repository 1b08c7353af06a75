"""A loopback server that speaks the OpenAI, Anthropic and Gemini dialects and fails as told.

The answer to a prompt is what follows `Reply with exactly: ` in it, so that scores are known.
`python -m tests.vendor_server` runs it as a process of its own, until its standard input closes.
"""

import asyncio
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from tests.vendor_bodies import body_of, prompt_of
from tests.vendor_replies import GOOD, Dialect, Received, Reply, Script


class VendorServer:
    """Answers by a script from request to reply; keeps what it received.

    It answers on one event loop, so that it takes little from those that are measured beside it,
    and keeps connections open, as vendors do. A script must not wait.
    """

    def __init__(self) -> None:
        """Nothing is answered before `serving`."""
        self.script: Script = lambda _: GOOD
        self.received: list[Received] = []
        self.most_in_flight = 0
        self.port = 0
        self._in_flight = 0

    def base(self, dialect: Dialect = Dialect.OPENAI) -> str:
        """Return the `api_base` of a dialect."""
        path = {Dialect.OPENAI: "/v1", Dialect.ANTHROPIC: "", Dialect.GEMINI: "/v1beta"}
        return f"http://127.0.0.1:{self.port}/{dialect.value}{path[dialect]}"

    def start_over(self, script: Script = lambda _: GOOD) -> None:
        """Forget what was received, and answer by a new script."""
        self.script, self.received, self.most_in_flight = script, [], 0

    async def start(self) -> web.AppRunner:
        """Listen on a free port; the runner's `cleanup` ends it."""
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        received = _received(request, await request.read(), len(self.received))
        self.received.append(received)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            reply = self.script(received)
            await asyncio.sleep(reply.delay_s)
        finally:
            self._in_flight -= 1
        return await _respond(request, reply, received)


def _received(request: web.Request, data: bytes, number: int) -> Received:
    body = json.loads(data or b"{}")
    parts = request.path.strip("/").split("/")
    dialect = Dialect(parts[0])
    named = re.match(r"(.+):generateContent", parts[-1])
    return Received(
        number=number,
        dialect=dialect,
        prompt=prompt_of(dialect, body),
        model=named[1] if named else str(body.get("model")),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        at=time.monotonic(),
    )


async def _respond(request: web.Request, reply: Reply, received: Received) -> web.StreamResponse:
    data = json.dumps(body_of(reply, received)).encode()
    if reply.malformed:
        data = data[: len(data) // 2]
    headers = {"Content-Type": "application/json", **reply.headers}
    if not (reply.dropped or reply.trickle_s):
        return web.Response(status=reply.status, headers=headers, body=data)
    headers["Content-Length"] = str(len(data))
    response = web.StreamResponse(status=reply.status, headers=headers)
    await response.prepare(request)
    await _write_slowly(response, data, reply, request)
    return response


async def _write_slowly(
    response: web.StreamResponse, data: bytes, reply: Reply, request: web.Request
) -> None:
    pieces = [data[at : at + 20] for at in range(0, len(data), 20)]
    for number, piece in enumerate(pieces):
        if reply.dropped and number == len(pieces) // 2:
            assert request.transport is not None
            request.transport.abort()
            return
        await asyncio.sleep(reply.trickle_s / len(pieces))
        await response.write(piece)


@contextmanager
def serving() -> Iterator[VendorServer]:
    """Run a server for the length of the block, in a thread."""
    server, loop = VendorServer(), asyncio.new_event_loop()
    runner = loop.run_until_complete(server.start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def main() -> None:
    """Print the base, answer every request after a delay, print what was seen at the end."""
    reply = Reply(delay_s=float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    with serving() as server:
        server.start_over(lambda _: reply)
        print(server.base(), flush=True)  # noqa: T201  # what the parent reads
        sys.stdin.read()
        seen = {
            "requests": len(server.received),
            "most_in_flight": server.most_in_flight,
            "first_at": min((r.at for r in server.received), default=0.0),
            "last_at": max((r.at for r in server.received), default=0.0) + reply.delay_s,
        }
        print(json.dumps(seen), flush=True)  # noqa: T201  # what the parent reads


if __name__ == "__main__":
    main()
