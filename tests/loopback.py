"""A web server on this machine that can misbehave in the ways that networks do."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.server.site
        site.requests.append((self.path, self.headers.get("Range")))
        name = self.path.lstrip("/")
        if site.error is not None:
            self.send_error(site.error)
            return
        body = site.files[name]
        start = 0
        if (asked := self.headers.get("Range")) and site.ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        if start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        stop = len(body) if site.break_off_at is None else site.break_off_at
        self.wfile.write(body[start:stop])

    def log_message(self, *args):
        pass


class Site:
    """What the server offers, how it misbehaves, and what it was asked for.

    Attributes:
        files: content by name.
        error: answer everything with this status.
        break_off_at: close the connection after this byte of the file.
        ranges: whether it can send a part of a file.
        requests: path and Range header of each request.
    """

    def __init__(self, files: dict[str, bytes]):
        self.files = files
        self.error: int | None = None
        self.break_off_at: int | None = None
        self.ranges = True
        self.requests: list[tuple[str, str | None]] = []
        self.url = ""


@contextmanager
def serve(files: dict[str, bytes]):
    """Serve the files on a free port of the loopback interface."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.site = Site(files)
    server.site.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
