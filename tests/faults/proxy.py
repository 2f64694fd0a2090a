"""A proxy that goes wrong as it is told, connection by connection.

`ok` passes everything on; `refuse` does not listen; `blackhole` takes the request and never
answers; `drop_response` passes it on, takes the whole answer and hangs up; `reset` passes half of
the answer on and resets the line.
"""

import asyncio
import random
import socket
import struct
import threading

OK, REFUSE, BLACKHOLE, DROP, RESET = MODES = (
    "ok",
    "refuse",
    "blackhole",
    "drop_response",
    "reset",
)
LONGEST = 1 << 20


class Proxy:
    """Listens on a port of its own, in a thread of its own."""

    def __init__(self, upstream, *, seed=0):
        self.upstream, self.chance = upstream, random.Random(seed)
        self.mode, self.weights, self.counts = OK, {}, dict.fromkeys(MODES, 0)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.server, self.port = None, 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.thread.start()
        self.do(self.listen())
        return self

    def stop(self):
        self.do(self.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def tell(self, mode):
        """Every connection from now on."""
        self.weights = {}
        self.do(self.close() if mode == REFUSE else self.listen())
        self.mode = mode

    def mix(self, **weights):
        """Each connection by chance: weights of the modes but `refuse`."""
        self.do(self.listen())
        self.weights = weights

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def listen(self):
        if self.server is None:
            self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
            self.port = self.server.sockets[0].getsockname()[1]

    async def close(self):
        if self.server is not None:
            self.server.close()
            self.server = None

    def chosen(self):
        if not self.weights:
            return self.mode
        return self.chance.choices(list(self.weights), list(self.weights.values()))[0]

    async def serve(self, reader, writer):
        mode = self.chosen()
        self.counts[mode] += 1
        try:
            if mode == BLACKHOLE:
                await reader.read()
            else:
                await self.pass_on(mode, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # either side may hang up
        finally:
            writer.close()

    async def pass_on(self, mode, reader, writer):
        request = await message(reader)
        upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            upstream.write(request)
            answer = await message(upstream_reader)
        finally:
            upstream.close()
        if mode == RESET:
            writer.write(answer[: len(answer) // 2])
            await writer.drain()
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        elif mode == OK:
            writer.write(answer)
            await writer.drain()


async def message(reader):
    """One request or answer: its head, and as much body as that says."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    lengths = [int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")]
    return head + await reader.readexactly(lengths[0] if lengths else 0)
