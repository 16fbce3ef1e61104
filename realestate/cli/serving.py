"""`serve`: the database, its schema and demo data, then the API until a signal ends it."""

import errno
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from realestate.cli import database, production
from realestate.cli.protocol import BoundedProtocol, PromptSocket
from realestate.cli.refusal import Refusal
from realestate.config import settings

LOGINS = {
    "demo": "builder@test.com and customer@test.com, password password123 (and builder2@, customer2@)",
    "large": "large.builder@test.com and large.customer@test.com, password password123",
}
DRAIN = 15  # seconds for requests to finish after SIGTERM


def serve() -> None:
    signal.signal(signal.SIGTERM, _leave)
    production.check_settings()
    with bound() as listener, database.opened() as folder:
        database.migrate_if_ours()
        production.check_database()
        database.seed(settings.seed_name)
        os.environ.pop("DATABASE_OWNER_URL", None)  # server processes have no business with the owner
        _introduce(listener, folder)
        _listen(listener)


def _leave(*_: object) -> None:
    """Unwind as at the end of a program, so that the database is stopped; once."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


def bound() -> socket.socket:
    """Taken first: a port in use shows before a database is started for nothing."""
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family)
        if os.name != "nt":  # there, it would share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        return listener
    except OSError as error:
        raise Refusal(_why_not_bound(error)) from error


def _why_not_bound(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} on {settings.host} is taken: stop what listens there, or choose another, say PORT={settings.port + 1}."
        )
    if error.errno == errno.EACCES:
        return f"Port {settings.port} is for privileged users: choose one above 1023 with PORT."
    return f"HOST: cannot listen on {settings.host} ({error.strerror}): name an address of this machine."


def address_of(listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _introduce(listener: socket.socket, folder: Path | None) -> None:
    address = address_of(listener)
    lines = [f"API          {address}/api", f"Docs         {address}/api/docs and {address}/api/redoc"]
    lines += [f"Data folder  {settings.data_dir.resolve()}"]
    if folder:
        lines += [f"Database     {folder}"]
    if logins := LOGINS.get(settings.seed_name):
        lines += [f"Demo logins  {logins}"]
    print("\n".join(lines), flush=True)


def configured(application: Any, **more: Any) -> uvicorn.Config:
    """How an application is served."""
    return uvicorn.Config(
        application,
        loop="auto",  # uvloop, except on Windows
        http=BoundedProtocol,
        ws=PromptSocket,
        ws_per_message_deflate=False,  # 35 KB an idle socket less
        ws_max_size=64 * 1024,
        access_log=False,  # the application writes its own lines
        log_config=None,  # its warnings go the way of all our lines
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=DRAIN,
        **more,
    )


def _listen(listener: socket.socket) -> None:
    config = configured("realestate.cli.serving:application", factory=True, workers=settings.workers)
    if settings.workers > 1:
        Supervisor(config, [listener]).run()
    else:
        Server(config).run([listener])


def _announce(listeners: list[socket.socket] | None) -> None:
    assert listeners
    print(f"ready: {address_of(listeners[0])}", flush=True)


class Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _announce(sockets)


class Supervisor(Multiprocess):
    def init_processes(self) -> None:
        super().init_processes()
        if all(process.wait_until_ready(60, self.should_exit) for process in self.processes):
            _announce(self.sockets)


def application() -> FastAPI:
    """Made in each server process, which ends with the one that started it, so that a kill leaves nobody on the port."""
    if multiprocessing.parent_process():
        threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # what is imported stays: looking through it again and again is a fourth of the start
    from realestate.main import app

    gc.enable()
    return app


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
