"""Fetch a file once: checked, resumed after an interruption, never half in its place."""

import os
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.response import addinfourl

from filelock import FileLock

CACHE_VARIABLE = "DLCORE_DATA"
CHUNK = 1 << 16
TIMEOUT_S = 30
NETWORK_ERRORS = (urllib.error.URLError, ConnectionError, TimeoutError, HTTPException)


class DownloadError(RuntimeError):
    """A file could not be fetched or kept; the message says what to do."""


def cache_directory() -> Path:
    """Where downloaded files live: the folder `DLCORE_DATA`, or the platform's cache folder.

    Source: XDG Base Directory Specification.

    Example:
        >>> isinstance(cache_directory(), Path)
        True

    In production: pooch.os_cache.
    """
    if folder := os.environ.get(CACHE_VARIABLE):
        return Path(folder).expanduser()
    return Path(_pooch().os_cache("dlcore"))


def download(url: str, sha256: str, name: str | None = None, folder: Path | None = None) -> Path:
    """Return a local copy of a file, fetching it only if there is no sound one.

    A file in the cache is checked before it is used: a damaged one is fetched again. Bytes arrive
    in `<name>.part`, which a later call continues, and reach their place only when the checksum
    is right.

    Args:
        url: where the file is published.
        sha256: its checksum, 64 hexadecimal digits.
        name: file name in the cache; by default the last part of the URL.
        folder: where to keep it; by default `cache_directory()`.

    Returns:
        The path of a file whose checksum is right.

    Raises:
        DownloadError: no network, a server error, a connection that broke off, a file other than
            expected, a folder that cannot be written.
        ImportError: pooch is not installed.

    Source: RFC 9110, section 14: range requests.

    Example:
        >>> import hashlib, tempfile
        >>> source = Path(tempfile.mkdtemp()) / "numbers.txt"
        >>> size = source.write_bytes(b"1 2 3")
        >>> cache = Path(tempfile.mkdtemp())
        >>> checksum = hashlib.sha256(b"1 2 3").hexdigest()
        >>> download(source.as_uri(), checksum, folder=cache).read_text()
        '1 2 3'

    In production: pooch.retrieve.
    """
    folder = folder or cache_directory()
    path = folder / (name or url.rsplit("/", 1)[-1])
    if path.is_file() and _sha256(path) == sha256:
        return path
    part = path.with_name(f"{path.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{part}.lock"):
            if not (path.is_file() and _sha256(path) == sha256):
                _fetch(url, part)
                _check(url, part, sha256)
                part.replace(path)
    except OSError as error:
        raise DownloadError(
            f"cannot write {path}: {error.strerror}. Set {CACHE_VARIABLE} to a folder that you may "
            "write to and that has room"
        ) from error
    return path


def _check(url: str, part: Path, sha256: str) -> None:
    found = _sha256(part)
    if found != sha256:
        part.unlink()
        raise DownloadError(
            f"{url} gave a file with SHA-256 {found}, expected {sha256}: it was damaged on the way "
            "or replaced at its source. It was not kept; try again, and if it happens again, do "
            "not use this source"
        )


def _fetch(url: str, part: Path) -> None:
    """Append to `part` what is still missing of the file."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            _receive(response, part)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # the part is already as long as the file, or longer
            return
        raise DownloadError(
            f"{url}: the server answered {error.code} {error.reason}. Try again later, or put the "
            f"file into {part.parent} by hand"
        ) from error
    except NETWORK_ERRORS as error:
        raise DownloadError(
            f"{url}: the download broke off ({error}). What came is kept in {part}: check the "
            "network and call again to continue"
        ) from error


def _receive(response: HTTPResponse | addinfourl, part: Path) -> None:
    announced = response.headers["Content-Length"]
    with part.open("ab" if response.status == 206 else "wb") as file:
        start = file.tell()
        while chunk := response.read(CHUNK):
            file.write(chunk)
        got = file.tell() - start
    if announced is not None and got < int(announced):
        raise ConnectionError(f"{got} of {announced} bytes came")


def _sha256(path: Path) -> str:
    return _pooch().file_hash(str(path), alg="sha256")


def _pooch():
    try:
        import pooch
    except ImportError as error:
        raise ImportError("downloading needs pooch: pip install 'dlcore[data]'") from error
    return pooch
