"""A TCP relay that behaves as networks do: it delays, splits, and cuts connections."""

import asyncio
import dataclasses
import socket
import struct
import threading


@dataclasses.dataclass
class Fault:
    """What happens to the bytes of one direction."""
    piece: int = 65536             # they pass in pieces of at most this size,
    delay: float = 0.0             # each so many seconds after it was read;
    cut_after: int | None = None   # after so many bytes of a connection both sides lose it,
    reset: bool = False            # by RST instead of FIN


class Relay:
    """Use as a context manager; connect to `address`. `to_server` and `to_client` may be changed while it runs and
    then apply to connections made later."""

    def __init__(self, upstream, to_server=None, to_client=None):
        self.upstream = upstream
        self.to_server, self.to_client = to_server or Fault(), to_client or Fault()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self._server, self.address = server, server.sockets[0].getsockname()
        return self

    def __exit__(self, *exception):
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self):
        return await asyncio.start_server(self._relay, "127.0.0.1", 0)

    async def _close(self):
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _relay(self, client_reader, client_writer):
        try:
            server_reader, server_writer = await asyncio.open_connection(*self.upstream)
        except OSError:
            client_writer.close()
            return
        for writer in (client_writer, server_writer):
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        both = (client_writer, server_writer)
        try:
            await asyncio.gather(self._pass(client_reader, server_writer, both, self.to_server),
                                 self._pass(server_reader, client_writer, both, self.to_client))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for writer in both:
                writer.close()

    async def _pass(self, reader, writer, both, fault):
        passed = 0
        while piece := await reader.read(fault.piece):
            if fault.cut_after is not None:
                piece = piece[:fault.cut_after - passed]
            if fault.delay:
                await asyncio.sleep(fault.delay)
            writer.write(piece)
            await writer.drain()
            passed += len(piece)
            if passed == fault.cut_after:
                for one in both:
                    if fault.reset:
                        one.get_extra_info("socket").setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    one.close()
                return
        if writer.can_write_eof():
            writer.write_eof()
