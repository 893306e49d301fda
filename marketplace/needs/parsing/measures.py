"""The units of measure that a buyer's sentence may count in, as patterns."""

import re

from marketplace.core.units import all_units, find_unit

SPOKEN_ONLY = {
    "money", "temperature", "grade", "pressure", "power", "surface density", "transport", "time",
}  # fmt: skip
NO_LINE_UNITS = {"丝", "丝米", "道", "寸", "市寸", "钱", "市钱", "平方厘米", "百", "时", "分", "度", "载", "a", "s", "h",
                 "can", "set", "in", "day", "year", "month", "week", "min", "sec", "h", "order", "course", "foot",
                 "copy", "test", "call", "item", "席", "样品", "钟", "苗", "回", "位", "名", "趟"}  # fmt: skip
EXTRA_UNITS = ("㎡", "㎥", "副", "人份", "人次", "㎏", "趟", "位", "名", "小瓶", "大桶", "大箱", "小包", "大袋", "小袋", "小盒", "大盒")
NOT_BEFORE = {
    "个": "月性体人工体户|工作日|多?品种|多?规格|多?点|季|年级|部门|小时|百分|星期|礼拜",
    "车": "间床位票库型", "次": "性日品", "面": "膜料粉积板条霜向议层试霜油浆", "头": "孢皮部层", "块": "钱",
    "条": "件码形纹", "组": "织件合装分", "单": "价位独只个张件项品次据晶层面色", "人": "工员民参体份次均",
    "台": "湾面式", "袋": "装", "包": "装运邮括复材含工料干间住", "盒": "装", "瓶": "装", "桶": "装", "箱": "装体",
    "张": "力", "片": "区剂碱", "平": "台板安口均", "方": "便案形式法向管钢", "板": "蓝材栗栗式", "根": "据",
    "本": "周月地市公身", "份": "额", "批": "发", "套": "管餐", "支": "架持付", "粒": "径度", "升": "级降温学",
    "吨": "位", "贴": "牌膜标片", "票": "据价面价", "管": "道理件材路线网", "盘": "点子", "杯": "子", "碗": "柜", "筒": "仓", "枝": "叶条", "座": "位椅谈", "架": "子构设空",
    "户": "外型口", "节": "日能约前后假水点气", "尾": "气矿款", "匹": "配", "料": "理仓", "款": "式项", "羽": "绒毛", "页": "岩面", "束": "带缚", "串": "联", "把": "手关控", "床": "单品垫上位", "盆": "栽", "间": "隔距歇接", "顶": "级",
    "幅": "度宽", "提": "取供前货升纯炼", "捆": "绑扎", "卷": "膜材芯", "罐": "装体", "托": "盘", "付": "款费清现",
    "剂": "型量", "副": "产本作厂", "场": "地所馆景", "担": "保心任当", "打": "印样包折磨孔算", "双": "面层方头向色机联",
    "对": "接照方比外", "米": "饭粉线醋", "两": "百千万个只台套用", "项": "链", "件": "套", "托盘": "",
    "米面": "", "克": "重", "顶": "级部", "桌": "椅面布", "听": "力", "扎": "带", "组套": "", "板": "蓝材栗式房",
}  # fmt: skip
LATIN_UNIT_END = r"(?![A-Za-z])"


def _unit_names() -> list[str]:
    names = set(EXTRA_UNITS)
    for unit in all_units():
        if unit.dimension not in SPOKEN_ONLY:
            names.update((unit.name, *unit.aliases))
    names -= NO_LINE_UNITS
    names |= {"位", "名", "趟"}
    return sorted((name for name in names if name and name != '"'), key=lambda name: (-len(name), name))


def _unit_pattern(name: str) -> str:
    pattern = re.escape(name)
    if name[-1].isascii():
        return pattern + LATIN_UNIT_END
    following = NOT_BEFORE.get(name, "")
    if "|" in following:
        return pattern + f"(?!{following}|[{following.split('|', 1)[0]}])"
    return pattern + (f"(?![{following}])" if following else "")


UNIT = "(?:" + "|".join(_unit_pattern(name) for name in _unit_names()) + ")"
"""A unit that a line can be counted in."""

TIME_UNIT = r"(?:个工作日|工作日|小时|分钟|个月|季度|天|日|周|月|年|晚|班)"
MULTIPLE_UNIT = rf"(?:(?:10|100|1000|十|百|千|万|十万|百万)\s?{UNIT}|(?:千|万|百)(?=以内|以下|不))"
PRICED_UNIT = rf"(?:{MULTIPLE_UNIT}|{UNIT}|人均|人|次|{TIME_UNIT})"
"""What a unit price may stand for: 只, 万粒, 公斤, 月."""


def dimension(unit: str) -> str:
    """The dimension of a unit as written; empty when nobody knows it."""
    found = find_unit(unit)
    return found.dimension if found else ""
