"""Which words name a thing."""

import pytest

from marketplace.needs.parsing.things import evidence_of, thing_in


@pytest.mark.parametrize(
    ("clause", "name"),
    [
        ("那种装药渣的吨袋", "吨袋"),
        ("我们车间要换那个泵的机械密封嘛", "机械密封"),
        ("洗瓶机用的毛刷", "毛刷"),
        ("采购铂金硫化硅胶管的函", "硫化硅胶管"),
        ("PE袋", "PE袋"),
    ],
)
def test_the_thing_of_a_clause(clause, name):
    thing = thing_in(clause, last=True)
    assert thing is not None
    assert name in thing.text
    assert clause[thing.start : thing.end] == thing.text


@pytest.mark.parametrize("talk", ["在不在", "师傅", "我这边要", "照旧再", "给我", "数量", "第一批", "", "12,34"])
def test_talk_names_nothing(talk):
    assert thing_in(talk) is None
    assert evidence_of(talk) == 0


@pytest.mark.parametrize("thing", ["大米", "碘伏", "河沙", "桶装水", "引流袋", "英语翻译", "旋转蒸发仪"])
def test_a_thing_is_one_whatever_part_of_speech_a_dictionary_gives_it(thing):
    assert evidence_of(thing) > 0
