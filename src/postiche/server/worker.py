"""One of the processes of `postiche serve --workers N`; `workers` starts it.

Knows how a worker learns its job, says that it answers, and ends with its
supervisor. Must not know what it serves: that is composition's business.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from typing import Final

from postiche.server import composition, listening
from postiche.server.failures import Failure
from postiche.server.peers import Peers
from postiche.server.settings import Settings
from postiche.server.workers import KILLED_AFTER, READY, Job
from postiche.store import StoreError

_LINE: Final = 65_536


def main(link_number: int) -> None:
    """Serve until told to stop by a signal, or by the end of the other end of the link."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    with socket.socket(fileno=link_number) as link:
        line = link.makefile("rb", buffering=0).readline(_LINE)
        if not line.endswith(b"\n"):
            return
        threading.Thread(target=_end_with, args=(link,), daemon=True).start()
        try:
            listening.run(_serve(Job.read(line), link))
        except (Failure, StoreError) as error:
            sys.exit(f"postiche: {error}")
        except KeyboardInterrupt:
            sys.exit(1)


def _end_with(link: socket.socket) -> None:
    """Stop this process, whatever it is doing, once its supervisor is gone."""
    try:
        link.recv(1)
    except OSError:
        logging.getLogger(__name__).debug("the link broke", exc_info=True)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(KILLED_AFTER)
    os._exit(1)


async def _serve(job: Job, link: socket.socket) -> None:
    settings = Settings(**job.settings)
    main, mocks = _sockets(job.main), _sockets(job.mocks)
    peers = Peers(job.place)
    async with composition.sharing(settings, composition.ports_of(main, mocks), peers) as doors:
        await listening.serve(
            composition.listeners(doors, main, mocks), ready=lambda: link.sendall(READY)
        )
        # What is left to do is short and must not be cut off: a service manager sends its
        # signal to every process, and the supervisor passes on its own.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _sockets(descriptors: Sequence[int]) -> list[socket.socket]:
    return [socket.socket(fileno=descriptor) for descriptor in descriptors]


if __name__ == "__main__":
    main(int(sys.argv[1]))
