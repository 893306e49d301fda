"""Certificates: many spellings, one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.certificates import all_certificates, canonical, find_certificates


class TestCanonical:
    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("SC", "食品生产许可证"),
            ("sc证", "食品生产许可证"),
            ("ＳＣ认证", "食品生产许可证"),
            ("食品生产许可证", "食品生产许可证"),
            ("GMP", "药品GMP符合性检查"),
            ("GSP证书", "药品GSP"),
            ("CMA资质", "CMA"),
            ("cnas", "CNAS"),
            ("CE", "CE认证"),
            ("iso9001", "ISO 9001"),
            ("ISO 9001:2015", "ISO 9001"),
            ("ISO-13485", "ISO 13485"),
            ("危废资质", "危险废物经营许可证"),
            ("质检报告", "检测报告"),
            ("FSC认证", "FSC"),
            (" 某种新证 ", "某种新证"),
            ("", ""),
        ],
    )
    def test_gives_one_name_for_each_spelling(self, written, name):
        assert canonical(written) == name

    def test_every_name_is_its_own(self):
        for certificate in all_certificates():
            assert canonical(certificate.name) == certificate.name

    def test_no_spelling_belongs_to_two(self):
        owners = {}
        for certificate in all_certificates():
            for spelling in (certificate.name, *certificate.aliases):
                assert owners.setdefault(spelling, certificate.name) == certificate.name


class TestFindCertificates:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("要SC和检测报告", ["食品生产许可证", "检测报告"]),
            ("CMA和CNAS都要有", ["CMA", "CNAS"]),
            ("出CMA检测报告", ["CMA"]),
            ("要食品相关产品生产许可证", ["食品相关产品生产许可证"]),
            ("ISO9001、ISO 14001", ["ISO 9001", "ISO 14001"]),
            ("DISC光盘和CEO", []),
            ("SC-1型搅拌机", []),
            ("有效期", []),
            ("承装（修、试）电力设施许可证", ["承装（修、试）电力设施许可证"]),
        ],
    )
    def test_finds_the_longest_whole_words(self, text, names):
        assert [mention.name for mention in find_certificates(text)] == names

    def test_says_where(self):
        text = "供应商要有ＳＣ证，谢谢"
        (mention,) = find_certificates(text)
        assert text[mention.start : mention.end] == "ＳＣ证"

    @given(st.text(max_size=300))
    def test_never_fails_and_stays_inside_the_text(self, text):
        for mention in find_certificates(text):
            assert 0 <= mention.start < mention.end <= len(text)
