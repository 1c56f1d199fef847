"""What a store promises: whole files or none, verified on reading, nothing outside its folder."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from service.errors import ArtifactMissing, StoreFull
from service.store import STALE_SCRATCH_SECONDS, FolderStore, room_on_disk


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    store = FolderStore(tmp_path / "store")
    store.prepare()
    return store


def test_gives_back_what_was_put(store: FolderStore) -> None:
    stored = store.put("jobs/1/transcript", b"Hello")
    assert store.get("jobs/1/transcript") == b"Hello"
    assert store.exists("jobs/1/transcript")
    assert (stored.size, len(stored.sha256)) == (5, 64)


def test_replaces_what_was_there(store: FolderStore) -> None:
    store.put("a", b"old")
    store.put("a", b"new")
    assert store.get("a") == b"new"


@pytest.mark.parametrize(
    "key",
    ["", "/", "../x", "a/../../x", "/etc/passwd", "a//b", ".", "..", ".hidden", "a/.b", "a\\b", "a\0b", "a b", "ä", "x" * 129, "scratch/x"],
)
def test_takes_nothing_for_a_key_that_leads_elsewhere(store: FolderStore, key: str) -> None:
    for use in (store.path, store.exists, store.get, store.delete):
        with pytest.raises(ValueError, match="not a key"):
            use(key)
    with pytest.raises(ValueError, match="not a key"):
        store.put(key, b"x")


@pytest.mark.parametrize("link", ["jobs", "jobs/a", "jobs/a/recording"])
def test_follows_no_link(store: FolderStore, tmp_path: Path, link: str) -> None:
    elsewhere = tmp_path / "jobs" / "a" / "recording"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text("another's")
    planted = store.root / link
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.symlink_to(tmp_path / link)
    for touched in (store.get, store.exists, store.touch, store.delete, lambda key: store.put(key, b"mine")):
        with pytest.raises(ArtifactMissing, match="link"):
            touched("jobs/a/recording")
    assert elsewhere.read_text() == "another's"


def test_removes_a_damaged_file_and_says_that_it_is_missing(store: FolderStore) -> None:
    store.put("a/b.json", b"the truth")
    store.path("a/b.json").write_bytes(b"the trutH")
    with pytest.raises(ArtifactMissing, match="damaged"):
        store.get("a/b.json")
    assert not store.exists("a/b.json")
    with pytest.raises(ArtifactMissing, match="not in the store"):
        store.get("a/b.json")


def test_takes_a_file_without_its_checksum_for_damaged(store: FolderStore) -> None:
    store.put("a", b"x")
    store.path("a.sha256").unlink()
    with pytest.raises(ArtifactMissing):
        store.get("a")


def test_writes_checksums_that_sha256sum_reads(store: FolderStore) -> None:
    store.put("a/b.json", b"content")
    subprocess.run(["sha256sum", "--check", "--strict", "b.json.sha256"], cwd=store.root / "a", check=True, capture_output=True)


def test_adopts_a_large_file_whole(store: FolderStore) -> None:
    scratch = store.scratch(".wav")
    scratch.write_bytes(b"sound" * 1000)
    assert scratch.suffix == ".wav"
    store.adopt("jobs/1/audio", scratch)
    assert store.path("jobs/1/audio").read_bytes() == b"sound" * 1000
    assert not scratch.exists()


def test_deletes_a_file_or_a_folder_and_nothing_else(store: FolderStore) -> None:
    for key in ("jobs/1/audio", "jobs/1/transcript", "jobs/2/audio", "a"):
        store.put(key, b"x")
    store.delete("jobs/1")
    store.delete("a")
    store.delete("never/there")
    left = [path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.is_file()]
    assert sorted(left) == ["jobs/2/audio", "jobs/2/audio.sha256"]


def test_is_readable_by_its_user_alone(store: FolderStore) -> None:
    store.put("jobs/1/transcript", b"x")
    assert store.path("jobs/1/transcript").stat().st_mode & 0o077 == 0
    assert (store.root / "jobs/1").stat().st_mode & 0o077 == 0


def test_never_shows_half_a_file(store: FolderStore) -> None:
    """Two writers and a reader of one key: each reading is one of the two contents, or says that it is missing."""
    contents = {b"a" * 200_000, b"b" * 200_000}
    over = threading.Event()

    def write(content: bytes) -> None:
        while not over.is_set():
            store.put("key", content)

    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for writer in writers:
        writer.start()
    until = time.monotonic() + 0.5
    seen = set()
    while time.monotonic() < until:
        try:
            seen.add(store.get("key"))
        except ArtifactMissing:
            continue
    over.set()
    for writer in writers:
        writer.join()
    assert seen <= contents


class TestRoom:
    def test_is_asked_for_before_anything_is_written(self, store: FolderStore) -> None:
        store.require(1)
        with pytest.raises(StoreFull, match="bytes free"):
            store.require(store.free_bytes() + 10**12)
        with pytest.raises(StoreFull, match="EARMARK_MIN_FREE_BYTES"):
            FolderStore(store.root, min_free_bytes=10**18).prepare()

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
    def test_that_runs_out_is_said_as_such(self, number: int) -> None:
        with pytest.raises(StoreFull, match="disk is full"), room_on_disk():
            raise OSError(number, "no room")

    def test_is_not_blamed_for_other_failures(self) -> None:
        with pytest.raises(PermissionError), room_on_disk():
            raise PermissionError(errno.EACCES, "not yours")


def test_sweeps_only_what_nobody_can_be_using(store: FolderStore) -> None:
    old, new = store.scratch(), store.scratch()
    long_ago = time.time() - STALE_SCRATCH_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    store.sweep()
    assert (old.exists(), new.exists()) == (False, True)
