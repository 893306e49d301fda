"""What texts say is or is not in a thing, and of which sort it is."""

import re
from collections.abc import Iterable
from functools import lru_cache

from marketplace.core.folding import fold
from marketplace.search import other_names, until_lexicon_changes

WITHOUT = (
    r"(?:不含|无添加|未添加|不添加|不加|未加|不使用|不用|不掺|没有|零添加|免|无|非|零|去|脱|(?<![\d.])0(?!\s?[%.])|"
    r"拒绝|杜绝|"
    r"不得含|不得有|不得|严禁|禁止|不|未|没|代替|替代)"
)
WITHOUT_SEVERAL = re.compile(
    r"(?:不含有?|无添加|未添加|不添加|不加|未加|不使用|不用|不掺|没有|零添加|不得(?:含有?|有|添加|使用|检出)|严禁|禁止)"
    r"[^，。；;,:\n]{1,20}(?:、|和|及|与|或)[^，。；;,、\n]{0,3}\Z"
)
"""不添加香精、色素和防腐剂 denies each of the three."""
PROPERTY_WORDS = re.compile(
    r"^(?:无菌|无纺|无水|无缝|无尘|无线|无创|无刷|无氧|无极|非标|非遗|非处方|免洗|免熨|免安装|不锈钢|不干胶|不粘)"
)
"""Words that begin like a refusal and name a property."""
REFUSING = re.compile(
    r"^(?:(?:不得|不能|不可|不许|禁止|严禁)(?:添加|使用|含有?|有|加|用|掺)?|"
    r"不含有?|不要有?|不加|不用|不使用|不添加|不掺|未添加|未使用|无添加|零添加|拒绝|谢绝|杜绝|禁用|无|非|免|零|不)(?P<what>.+)$"
)
IN_ENGLISH = re.compile(
    r"^(?:(?:must be |must not contain |no |without |free (?:of|from) (?:any )?|non-?)(?P<what>[a-z][a-z ]+)|"
    r"(?P<free>[a-z][a-z ]+?)[- ]free)$"
)
DENIED_IN_ENGLISH = re.compile(r"(?:free (?:of|from)|\bno|without|\bnon|not contain(?:ing)?)[\s-]+(?:any |added )?\Z")
REFUSED_AFTER = re.compile(r"^(?P<what>.+?)(?:的)?(?:不要|不行|除外|免谈|不收)$")
NOT_FOUND_AFTER = re.compile(
    r"^(?:[- ]?free\b|[^，。；;,\n]{0,4}(?:一[滴点粒克丝]也?都?[不没未]|未检出|未添加|不添加|不得检出|为零|为0|≤|<|"
    r"低于|合格(?!证)|符合|达标|残留符合|限量))"
)
ENDINGS = re.compile(r"(?:的|成分|添加|物质|类|味|型|货|品|产品|工艺|处理|熏制|熏蒸|漂白|加工|染色)+$")
BOILER = ("使用", "采用", "含有", "含", "添加", "任何", "人工", "化学", "额外")
SIGNS_BEFORE = 6
SCOPE_BEFORE = 32
SAME_THING = 0.8
"""Other names that count so much at least say the same thing."""
LONG_NAME = 6
IN_A_DICTIONARY = 0.75
"""So much counts the name in the other language that a dictionary gives first."""

SAID_INSTEAD = {
    "蔗糖": ("白砂糖", "砂糖", "白糖", "冰糖", "红糖", "含糖"),
    "糖": ("白砂糖", "砂糖", "白糖", "冰糖", "红糖", "蔗糖", "果葡糖浆", "麦芽糖浆", "含糖", "加糖"),
    "硫": ("硫熏", "熏硫", "硫磺熏", "硫黄熏"),
    "硫磺": ("硫熏", "熏硫", "硫磺熏", "硫黄熏"),
    "熏硫": ("硫熏", "硫磺熏", "硫黄熏"),
    "硫熏": ("熏硫", "硫磺熏", "硫黄熏"),
    "酒精": ("乙醇", "ethanol", "alcohol"),
    "alcohol": ("酒精", "乙醇", "ethanol"),
    "香料": ("香精", "fragrance", "perfume"),
    "fragrance": ("香精", "香料", "perfume"),
    "防腐剂": ("苯甲酸钠", "苯甲酸", "山梨酸钾", "山梨酸", "尼泊金", "脱氢乙酸钠"),
    "香精": ("香料", "合成香", "人造香"),
    "明胶": ("骨明胶", "牛骨", "猪皮", "动物胶"),
    "动物来源": ("明胶", "牛骨", "猪皮", "动物胶", "动物源", "牛源", "猪源"),
    "动物": ("明胶", "牛骨", "猪皮", "牛源", "猪源"),
    "冻": ("冷冻", "速冻", "急冻", "冻货", "冻肉", "冻品"),
    "冻品": ("冷冻", "冷冻品", "速冻", "急冻", "冻货", "冻肉"),
    "冷冻": ("速冻", "急冻", "冻货", "冻品"),
    "色素": ("着色剂", "胭脂红", "柠檬黄", "日落黄", "诱惑红"),
    "塑料": ("pe", "pp", "pvc", "聚乙烯", "聚丙烯", "塑料"),
    "再生料": ("回料", "回收料", "再生", "再造料"),
    "回料": ("回收料", "再生料", "再造料"),
    "乳胶": ("天然橡胶", "天然乳胶", "天然胶乳", "latex", "natural rubber"),
    "latex": ("乳胶", "天然胶乳", "天然橡胶", "natural rubber"),
    "羽绒": ("鹅绒", "鸭绒", "羽毛"),
    "硅油": ("聚二甲基硅氧烷", "二甲硅油", "含硅"),
    "烟": ("有烟", "烟雾大", "烟大"),
    "麸质": ("小麦", "面筋", "小麦粉", "gluten"),
    "gluten": ("麸质", "小麦", "wheat"),
    "味精": ("谷氨酸钠",),
    "反式脂肪": ("氢化植物油", "植脂末", "起酥油"),
    "植脂末": ("奶精",),
    "甲醛": ("脲醛",),
    "猪肉": ("猪油", "猪皮", "猪骨"),
    "对羟基苯甲酸酯": ("尼泊金", "羟苯甲酯", "羟苯乙酯", "羟苯丙酯", "羟苯丁酯", "paraben"),
    "尼泊金酯": ("对羟基苯甲酸酯", "羟苯甲酯", "羟苯乙酯", "羟苯丙酯", "羟苯丁酯", "paraben"),
    "尼泊金": ("羟苯甲酯", "羟苯乙酯", "羟苯丙酯"),
    "荧光": ("荧光增白剂", "荧光剂"),
    "荧光剂": ("荧光增白",),
    "辣": ("辣椒", "麻辣", "香辣"),
    "矿物油": ("白油", "液体石蜡"),
    "二手": ("翻新", "旧机", "九成新"),
    "翻新": ("二手", "旧机"),
    "进口": ("原装进口",),
}
"""Words that give away that something is in a thing, beside its name and its other names."""
FREE_WORDS = {
    "蔗糖": ("无糖", "无蔗糖", "不加糖", "代糖", "0糖", "0蔗糖", "零糖", "零蔗糖", "赤藓糖醇", "木糖醇", "麦芽糖醇"),
    "糖": ("无糖", "无蔗糖", "不加糖", "0糖", "0蔗糖", "零糖", "代糖", "赤藓糖醇", "木糖醇", "麦芽糖醇"),
    "硫": ("无硫", "未检出"), "熏硫": ("无硫",), "硫熏": ("无硫",), "硫磺": ("无硫",),
    "明胶": ("植物胶囊", "hpmc", "羟丙甲纤维素", "植物来源", "植物源"),
    "动物来源": ("hpmc", "羟丙甲纤维素", "植物来源", "植物源", "植物纤维素", "纯植物", "全素"),
    "动物": ("hpmc", "羟丙甲纤维素", "植物来源", "植物源", "植物纤维素"),
    "溶剂残留": ("超临界", "水蒸气蒸馏", "水提", "物理压榨"),
    "冻": ("鲜品", "冷鲜", "现宰", "当日鲜", "现杀"), "冻品": ("鲜品", "冷鲜", "现宰", "当日鲜", "现杀"),
    "冷冻": ("鲜品", "冷鲜", "现宰", "当日鲜"),
    "乳胶": ("丁腈", "pvc手套"),
    "塑料": ("甘蔗浆", "纸浆", "竹纤维", "玉米淀粉", "可降解"),
    "再生料": ("全新料", "原生料", "纯新料", "新料"), "回料": ("全新料", "原生料", "纯新料", "新料"),
    "酒精": ("无醇", "纯水"),
    "二手": ("全新", "新机"), "翻新": ("全新",),
    "猪肉": ("清真",),
}  # fmt: skip
"""Words that say that it is not in it."""


SORTS = (
    frozenset({"hdpe", "ldpe", "pet", "pp", "pvc", "ps", "pc", "pla"}),
    frozenset({"丁腈", "乳胶", "pvc", "tpe"}),
    frozenset({"明胶", "hpmc"}),
    frozenset({"棕色", "透明", "白色", "黑色", "蓝色", "绿色", "红色"}),
    frozenset({"玻璃", "塑料", "不锈钢", "陶瓷", "铝制", "竹木"}),
    frozenset({"无菌", "非灭菌", "未灭菌", "非无菌"}),
    frozenset({"液体", "粉末", "颗粒", "片剂", "胶囊"}),
    frozenset({"手动", "半自动", "全自动"}),
    frozenset({"热链", "冷餐", "凉菜"}),
    frozenset({"一级", "二级", "三级"}),
    frozenset({"统货", "选货"}),
    frozenset({"新货", "陈货"}),
    frozenset({"内销", "出口"}),
    frozenset({"碳化硅", "石墨", "陶瓷"}),
    frozenset({"高硼硅", "中硼硅", "低硼硅", "钠钙"}),
    frozenset({"电加热", "蒸汽加热", "燃气", "电磁"}),
    frozenset({"三层", "五层", "七层"}),
)
"""Words of which a thing is mostly one: naming another and not the one wanted says no."""


def is_another_sort(word: str, text: str) -> bool:
    """True when the text names another word of the group that `word` belongs to."""
    wanted = fold(word)
    groups = [group for group in SORTS if any(name in wanted for name in group)]
    others = [other for group in groups for other in sorted(group) if other not in wanted]
    return any(presence(other, text) == "yes" for other in others)


SERIES = re.compile(r"([a-z]{1,4})-?(\d{1,5})")


CODE = r"[a-z]{1,2}\d{0,2}|\d{1,2}"
CODED = re.compile(rf"(?P<name>[一-鿿a-z]*[一-鿿]{{2}})\s?(?:为|是|:)?\s?(?P<code>{CODE})(?=$|[级类型等])")


def _coded(word: str, text: str) -> bool | None:
    """Whether a text gives the code of a word such as 登记状态A to the same name; None when it gives none."""
    wanted = CODED.match(fold(word).strip())
    if not wanted:
        return None
    said = re.findall(rf"{wanted['name'][-2:]}\s?(?:为|是|:|达到?)?\s?({CODE})(?![a-z\d])", fold(text))
    return wanted["code"] in said if said else None


def in_series(word: str, text: str) -> bool | None:
    """Whether a size of a series (DN65) is among those that a text names, spans (DN15-DN100) included, or a code
    (状态A) is the one it gives; None when it names none of the series or `word` is no such size."""
    wanted = SERIES.fullmatch(fold(word).strip())
    if not wanted:
        return _coded(word, text)
    prefix, number = wanted[1], int(wanted[2])
    spans = rf"(?<![a-z]){prefix}-?(\d{{1,5}})(?![\d.])(?:\s*[-~至到]\s*(?:{prefix})?-?(\d{{1,5}})(?![\d.]))?"
    named = [(int(match[1]), int(match[2] or match[1])) for match in re.finditer(spans, fold(text))]
    return any(low <= number <= high for low, high in named) if named else None


def refused_thing(words: str) -> str:
    """What a demand such as 不含蔗糖 or 304的不要 refuses; empty when it refuses nothing."""
    folded = fold(words).strip()
    english = IN_ENGLISH.match(folded)
    if english:
        return (english["what"] or english["free"]).strip()
    match = REFUSED_AFTER.match(folded) or REFUSING.match(folded)
    if not match or PROPERTY_WORDS.match(folded):
        return ""
    what = ENDINGS.sub("", match["what"].strip())
    for word in BOILER:
        what = what.removeprefix(word)
    return what


@until_lexicon_changes(maxsize=4096)
def names_of(thing: str) -> tuple[str, ...]:
    """A thing and its other names, Chinese and Latin."""
    abroad = (name for name in other_names(thing, IN_A_DICTIONARY) if name.isascii() != thing.isascii())
    return tuple(dict.fromkeys((thing, *SAID_INSTEAD.get(thing, ()), *other_names(thing, SAME_THING), *abroad)))


@lru_cache(maxsize=8192)
def _name_pattern(name: str) -> re.Pattern[str]:
    """A name in a text; one of Latin letters as a whole word, a long one also behind others (methylparaben)."""
    pattern = re.escape(name)
    if not (name.isascii() and name.isalpha()):
        return re.compile(pattern)
    return re.compile(("" if len(name) >= LONG_NAME else "(?<![a-z])") + pattern + "s?(?![a-z])")


def presence(thing: str, text: str) -> str:
    """Whether a text says that `thing` is in it: `yes`, `no` or `` when it does not say."""
    folded = fold(text)
    said_free = any(word in folded for word in FREE_WORDS.get(thing, ()))
    found_without = found_with = False
    for name in names_of(fold(thing)):
        for match in _name_pattern(name).finditer(folded):
            before = folded[max(0, match.start() - SIGNS_BEFORE) : match.start()]
            after = folded[match.end() : match.end() + 10]
            scope = folded[max(0, match.start() - SCOPE_BEFORE) : match.start()]
            denied = (
                DENIED_IN_ENGLISH.search(scope)
                or re.search(WITHOUT + r"[^，。；;,、\n]{0,3}\Z", before)
                or WITHOUT_SEVERAL.search(scope)
            )
            if denied or NOT_FOUND_AFTER.match(after):
                found_without = True
            else:
                found_with = True
    if found_with and not (said_free or found_without):
        return "yes"
    if said_free or found_without:
        return "no"
    return ""


def mentions(words: Iterable[str], text: str) -> bool:
    """True when the text holds one of the words or another name of it, not denied."""
    return any(presence(word, text) == "yes" for word in words)
