import pytest

from marketplace.search.words import bigrams, initials, pinyin, tokens


class TestTokens:
    @pytest.mark.parametrize(
        "same",
        [
            ("10毫升", "10ml", "１０ ML", "0.01升", "十毫升"),
            ("5m³", "5立方", "5000L"),
            ("0.22微米", "0.22μm", "0.00022mm"),
            ("20×30厘米", "200x300mm", "20cm*30cm"),
            ("百分之九十五", "95%"),
            ("2到8度", "2-8℃", "二到八度"),
        ],
    )
    def test_one_measure_has_one_token_however_it_is_spelled(self, same):
        facts = [{token for token in tokens(text) if token.startswith("=")} for text in same]
        assert facts[0]
        assert set.intersection(*facts)

    def test_part_numbers_stay_whole_and_give_their_pieces(self):
        assert {"sus316l", "316l", "dn50"} <= set(tokens("SUS316L 隔膜阀 DN50"))
        assert "06cr19ni10" in tokens("06Cr19Ni10")

    @pytest.mark.parametrize("spelled", ["GB/T 31888", "GB/T31888", "gb 31888"])
    def test_standards_are_one_word(self, spelled):
        assert "gb31888" in tokens(spelled)

    def test_words_of_the_trade_are_whole_and_in_parts(self):
        assert {"小包装饮片", "饮片"} <= set(tokens("小包装饮片"))

    def test_numbers_in_words_are_no_words(self):
        assert "三十万" not in tokens("月供三十万袋")


def test_bigrams_stay_within_runs_of_chinese():
    assert bigrams("口服液 10ml 瓶子") == ["口服", "服液", "瓶子"]


def test_the_trade_reads_chuanxiong():
    assert (pinyin("川芎"), initials("川芎")) == ("chuanxiong", "cx")
