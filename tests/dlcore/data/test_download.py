"""Downloads over loopback: whole, damaged, interrupted, refused."""

import errno
import hashlib
import threading
from pathlib import Path

import pooch
import pytest

from dlcore.data import DownloadError, cache_directory, download
from tests.loopback import serve

BODY = bytes(range(256)) * 1031
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site():
    with serve({"numbers.bin": BODY}) as site:
        yield site


def get(site, folder):
    return download(f"{site.url}numbers.bin", SHA256, folder=folder)


@pytest.mark.reference("pooch.retrieve", of="dlcore.data.download")
def test_a_file_arrives_whole_and_is_fetched_once(site, tmp_path):
    path = get(site, tmp_path / "new" / "folder")
    assert pooch.file_hash(str(path)) == SHA256
    assert get(site, path.parent) == path
    assert len(site.requests) == 1
    assert not path.with_name("numbers.bin.part").exists()


def test_an_interrupted_download_continues_where_it_stopped(site, tmp_path):
    site.break_off_at = 1009
    with pytest.raises(DownloadError, match=r"broke off .* call again to continue"):
        get(site, tmp_path)
    assert not (tmp_path / "numbers.bin").exists()
    assert (tmp_path / "numbers.bin.part").read_bytes() == BODY[:1009]
    site.break_off_at = None
    assert get(site, tmp_path).read_bytes() == BODY
    assert site.requests[-1] == ("/numbers.bin", "bytes=1009-")


def test_a_server_without_ranges_sends_the_whole_file_again(site, tmp_path):
    (tmp_path / "numbers.bin.part").write_bytes(BODY[:1009])
    site.ranges = False
    assert get(site, tmp_path).read_bytes() == BODY


def test_a_part_that_was_already_complete_is_used(site, tmp_path):
    (tmp_path / "numbers.bin.part").write_bytes(BODY)
    assert get(site, tmp_path).read_bytes() == BODY


@pytest.mark.parametrize("part", [b"rubbish", BODY + b"too long"])
def test_a_part_of_something_else_is_thrown_away(site, tmp_path, part):
    (tmp_path / "numbers.bin.part").write_bytes(part)
    with pytest.raises(DownloadError, match="try again"):
        get(site, tmp_path)
    assert get(site, tmp_path).read_bytes() == BODY


@pytest.mark.parametrize("damaged", [BODY[:-1], b"", b"x" + BODY[1:]])
def test_a_damaged_cache_is_noticed_and_fetched_again(site, tmp_path, damaged):
    path = tmp_path / "numbers.bin"
    path.write_bytes(damaged)
    assert get(site, tmp_path).read_bytes() == BODY
    assert len(site.requests) == 1


def test_two_at_once_fetch_it_once(site, tmp_path):
    threads = [threading.Thread(target=get, args=(site, tmp_path)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "numbers.bin").read_bytes() == BODY
    assert len(site.requests) == 1


@pytest.mark.bad_input
def test_another_file_than_expected_is_never_kept(site, tmp_path):
    site.files["numbers.bin"] = BODY[::-1]
    with pytest.raises(DownloadError, match=f"expected {SHA256}"):
        get(site, tmp_path)
    assert not list(tmp_path.glob("*.bin"))
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.bad_input
@pytest.mark.parametrize("status", [404, 503])
@pytest.mark.reference(
    "http.server.BaseHTTPRequestHandler.send_error", of="dlcore.data.DownloadError"
)
def test_a_server_error_says_what_to_do_and_keeps_what_came(site, tmp_path, status):
    (tmp_path / "numbers.bin.part").write_bytes(BODY[:101])
    site.error = status
    with pytest.raises(DownloadError, match=f"answered {status}.*by hand"):
        get(site, tmp_path)
    assert (tmp_path / "numbers.bin.part").read_bytes() == BODY[:101]


@pytest.mark.bad_input
def test_no_server_at_all(tmp_path):
    with serve({}) as gone:
        pass
    with pytest.raises(DownloadError, match="check the network"):
        get(gone, tmp_path)


@pytest.mark.bad_input
def test_a_folder_that_is_a_file(site, tmp_path):
    (tmp_path / "cache").write_text("not a folder")
    with pytest.raises(DownloadError, match="Set DLCORE_DATA"):
        get(site, tmp_path / "cache")


@pytest.mark.bad_input
@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_cache_that_cannot_be_written(site, tmp_path, monkeypatch, code):
    real = Path.open

    def refuse(self, mode="r", *args, **kwargs):
        if self.name.endswith(".part") and mode != "rb":
            raise OSError(code, "refused")
        return real(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DownloadError, match="Set DLCORE_DATA to a folder that you may write to"):
        get(site, tmp_path)


def test_a_sound_file_in_a_read_only_cache_is_used(site, tmp_path, monkeypatch):
    (tmp_path / "numbers.bin").write_bytes(BODY)
    monkeypatch.setattr(Path, "mkdir", lambda *a, **k: pytest.fail("the cache was written"))
    assert get(site, tmp_path).read_bytes() == BODY
    assert site.requests == []


@pytest.mark.reference("pooch.os_cache", of="dlcore.data.cache_directory")
def test_the_cache_is_where_the_variable_says_or_the_platform(monkeypatch, tmp_path):
    monkeypatch.delenv("DLCORE_DATA", raising=False)
    assert cache_directory() == Path(pooch.os_cache("dlcore"))
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    assert cache_directory() == tmp_path
    monkeypatch.setenv("DLCORE_DATA", "~/data")
    assert cache_directory() == Path.home() / "data"
