"""The log: one line for each event, whole, whoever else writes to it."""

import io
import json
import sys

import pytest
import structlog

from marketplace.core.logs import configure


class Recorder(io.RawIOBase):
    """Keeps what reaches the operating system, call by call."""

    def __init__(self):
        self.pieces = []

    def writable(self):
        return True

    def write(self, piece):
        self.pieces.append(bytes(piece))
        return len(piece)


@pytest.fixture
def settings():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("length", [10, 100_000])
def test_a_line_goes_out_in_one_piece(length, monkeypatch):
    recorder = Recorder()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(recorder), "utf-8"))
        configure(json_lines=True)
        structlog.get_logger().info("matched", text="x" * length)
    assert len(recorder.pieces) == 1
    assert recorder.pieces[0].endswith(b"\n")
    assert len(json.loads(recorder.pieces[0])["text"]) == length
