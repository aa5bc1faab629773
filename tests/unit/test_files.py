"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from salvor.files import write_whole


def test_writes_the_text_and_its_folder(tmp_path):
    write_whole(tmp_path / "new" / "file.json", "löan\n")
    assert (tmp_path / "new" / "file.json").read_bytes() == "löan\n".encode()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file.json"]


def test_leaves_the_old_file_when_writing_breaks_off(tmp_path, monkeypatch):
    target = tmp_path / "file.json"
    target.write_text("of the run before")

    def fill_the_disk(path, text, **_):
        path.write_bytes(text.encode()[:2])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_text", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        write_whole(target, "of this run")
    assert target.read_bytes() == b"of the run before"
