# SPDX-License-Identifier: MIT
# The usual echo server of Python's asyncio: bench_asyncio.py IP PORT
import asyncio
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def main():
    server = await asyncio.get_running_loop().create_server(
        Echo, sys.argv[1], int(sys.argv[2]), backlog=1024)
    await server.serve_forever()

asyncio.run(main())
