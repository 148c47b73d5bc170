"""Show the built book on this machine: `python -m book.serve --port 8000`."""

import argparse
import errno
import socket
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"  # nobody else sees the pages


class Handler(SimpleHTTPRequestHandler):
    """Files of the book, asked for anew at each visit, so that a reload shows the last build."""

    def end_headers(self) -> None:
        """Forbid the browser to answer from its memory."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of what went well; errors are still reported."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder on the loopback interface."""
    try:
        return ThreadingHTTPServer((HOST, port), partial(Handler, directory=str(folder)))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        what = "in use" if error.errno == errno.EADDRINUSE else "not allowed for this user"
        other = next(p for p in range(max(port, 1023) + 1, 65536) if is_free(p))
        raise SystemExit(f"port {port} is {what}: try make serve PORT={other}") from None


def is_free(port: int) -> bool:
    """Whether one could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m book.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
    port = parser.parse_args().port
    if not 0 <= port < 65536:
        parser.error(f"a port is a number from 0 to 65535, got {port}")
    folder = Path.cwd() / "_build" / "html"
    if not (folder / "index.html").is_file():
        parser.error(f"there is no book in {folder}: run make book first")
    with server(folder, port) as serving:
        print(f"http://{HOST}:{serving.server_address[1]} (Ctrl-C ends it)", flush=True)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
