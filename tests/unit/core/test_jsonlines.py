"""Reading and writing JSON lines."""

import pytest

from marketplace.core.jsonlines import BadLine, SkippedLines, read_json_lines, write_json_lines


@pytest.fixture
def lines(tmp_path):
    def write(content: bytes):
        path = tmp_path / "in.jsonl"
        path.write_bytes(content)
        return path

    return write


class TestReadJsonLines:
    def test_numbers_lines_and_passes_over_blank_ones(self, lines):
        path = lines('{"id": "a"}\n\n{"id": "乙"}\r\n'.encode())
        assert list(read_json_lines(path, required=("id",))) == [(1, {"id": "a"}), (3, {"id": "乙"})]

    def test_takes_a_byte_order_mark(self, lines):
        assert list(read_json_lines(lines(b'\xef\xbb\xbf{"id": 1}'))) == [(1, {"id": 1})]

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"{oops", "not JSON"),
            (b"[1]", "not a JSON object"),
            ('{"id": "甲"}'.encode("gb18030"), "not UTF-8"),
            (b'{"text": "x"}', "no 'id'"),
            (b'{"id": null}', "no 'id'"),
            (b'{"id": ' + b"[" * 100000 + b"}", "not JSON"),
        ],
    )
    def test_says_file_line_and_what_is_wrong(self, lines, content, problem):
        path = lines(b'{"id": "a"}\n' + content + b"\n")
        with pytest.raises(BadLine) as refused:
            list(read_json_lines(path, required=("id",)))
        assert str(refused.value).startswith(f"{path}:2: {problem}")
        assert "\n" not in str(refused.value)

    def test_one_of_two_keys_is_enough(self, lines):
        path = lines(b'{"title": "x"}\n{"text": "y"}\n{"note": "z"}\n')
        with pytest.raises(BadLine, match="no 'title' or 'text'"):
            list(read_json_lines(path, required=("title|text",)))

    def test_goes_on_and_counts_when_asked_to(self, lines):
        skipped = SkippedLines()
        path = lines(b'{"id": "a"}\nbad\n{"id": "b"}\n')
        rows = list(read_json_lines(path, required=("id",), skip_bad=True, skipped=skipped))
        assert [row["id"] for _, row in rows] == ["a", "b"]
        assert len(skipped) == 1 and skipped.bad[0].line == 2


def test_writes_chinese_as_itself_with_line_feeds(tmp_path):
    path = tmp_path / "out.jsonl"
    assert write_json_lines(path, [{"id": "a", "town": "致和街道"}, {"id": "b"}]) == 2
    assert path.read_bytes() == '{"id": "a", "town": "致和街道"}\n{"id": "b"}\n'.encode()
