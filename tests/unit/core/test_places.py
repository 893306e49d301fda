"""Towns: names people use, and distances."""

import pytest

from marketplace.core.places import Gazetteer, distance_km, load_gazetteer

TOWNS = load_gazetteer()


class TestFind:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("致和街道", "致和街道"),
            ("致和", "致和街道"),
            ("敖平", "敖平镇"),
            ("敖平乡", "敖平镇"),
            ("龙门山", "龙门山镇"),
            ("新都", "新都区"),
            ("都江堰", "都江堰市"),
            ("彭州", "彭州市"),
            ("茂县", "茂县"),
            ("天府中药城", "天府中药城"),
            (" 什邡市 ", "什邡市"),
            ("彭州市天彭街道人民路1号", "天彭街道"),
            ("中药城", "天府中药城"),
            ("濛阳镇工业园", "濛阳街道"),
            ("pengzhou", "彭州市"),
            ("Zhihe Jiedao", "致和街道"),
            ("deliver to AOPING, please", "敖平镇"),
        ],
    )
    def test_knows_full_and_short_names(self, text, name):
        assert TOWNS.find(text).name == name

    @pytest.mark.parametrize("text", ["", "茂", "上海", "茂盛的药材", "Mao", "Xindus", "Shanghai"])
    def test_finds_nothing_elsewhere(self, text):
        assert TOWNS.find(text) is None

    def test_mentions_carry_their_position(self):
        text = "从敖平镇送到新都"
        assert [(m.place.name, text[m.start : m.end]) for m in TOWNS.mentions(text)] == [
            ("敖平镇", "敖平镇"),
            ("新都区", "新都"),
        ]


class TestDataFile:
    def test_another_park_brings_its_own_towns(self, tmp_path):
        path = tmp_path / "towns.csv"
        path.write_text("name,type,lat,lon,scope\n河口镇,town,30.5,104.5,home\n", encoding="utf-8")
        towns = Gazetteer.from_csv(path)
        assert towns.find("河口").name == "河口镇"
        assert towns.find("致和") is None

    def test_a_missing_column_is_told(self, tmp_path):
        path = tmp_path / "towns.csv"
        path.write_text("name,lat,lon\n河口镇,30.5,104.5\n", encoding="utf-8")
        with pytest.raises(ValueError, match="column is missing"):
            Gazetteer.from_csv(path)

    def test_is_read_once(self):
        assert load_gazetteer() is TOWNS


class TestDistance:
    def test_is_nothing_to_itself_and_the_same_both_ways(self):
        a, b = TOWNS.find("天彭"), TOWNS.find("新都")
        assert distance_km(a, a) == 0
        assert distance_km(a, b) == distance_km(b, a) == pytest.approx(27.9, abs=1)

    def test_takes_pairs_of_degrees(self):
        assert distance_km((0, 0), (0, 1)) == pytest.approx(111.2, abs=0.1)
        assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=1)
