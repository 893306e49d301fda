"""Where it must be: the town that a text names as a destination, not as an origin or as part of a name."""

from marketplace.core.patterns import lazy_pattern
from marketplace.core.places import Gazetteer, Mention

TOWARDS = lazy_pattern(
    r"(?:送货?到?至?|运到?至?|寄到?至?|发到?至?往?|到货?至?|至|往|去|在|于|抵达?|拉到?至?|配送到?至?|配送|"
    r"交货?到?至?|地址|地点|位于|上门到?|进|回|来|"
    r"收货地址?|送达|安装在|到达|落户|给|供|(?i:\b(?:to|in|at|near|deliver(?:y|ed)?)))[:为是在\s]*$"
)
FROM = lazy_pattern(
    r"(?:产自|产地|原产地?|来自|出自|源自|从|由|自|非|不要|不是|不在|(?i:\b(?:from|made in|origin)))[:为是在\s]*$"
)
ORIGIN_AFTER = lazy_pattern(r"(?:本地)?(?:产(?!业|品|线)|原产|道地|种植的|野生|出产|到|至|发往|运往|-|~)")
PLACE_AFTER = lazy_pattern(
    r"(?:镇|街道|市|区|县)?(?:附近|这边|那边|周边|本地|一带|境内|当地|地区|区域|片区|自提|自取|交货|收货|"
    r"提货|工厂|厂区|厂房|厂里|厂|园区|工业园|产业园|校区|学校|医院|"
    r"仓库|库房|会场|门店|门市|店里|店|车站|站|公司|车间|总部|分院|分店|基地|项目|工地|现场|中学|小学|幼儿园|"
    r"一中|二中|卫生院|社区|村|路|街|大道|优先|就近|"
    r"的(?!特产)|内|里|上门|安装|施工|验收|使用|开班|要|用|取|交|送)"
)


def find_destination(text: str, gazetteer: Gazetteer) -> tuple[Mention | None, list[Mention]]:
    """The place to deliver to in the folded `text`, and all mentions that belong to it (市, then 镇)."""
    best: tuple[int, list[Mention]] | None = None
    for chain in _chains(text, gazetteer):
        weight = _weight(text, chain)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, chain)
    return (best[1][-1], best[1]) if best else (None, [])


def _chains(text: str, gazetteer: Gazetteer) -> list[list[Mention]]:
    """Mentions that follow one another directly are one address; its last part is the most exact."""
    chains: list[list[Mention]] = []
    for mention in gazetteer.mentions(text):
        if chains and not text[chains[-1][-1].end : mention.start].strip(" 市的省"):
            chains[-1].append(mention)
        else:
            chains.append([mention])
    return chains


def _weight(text: str, chain: list[Mention]) -> int:
    start, end = chain[0].start, chain[-1].end
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    if FROM.search(before) or ORIGIN_AFTER.match(after):
        return 0
    if TOWARDS.search(before):
        return 3
    said_whole = any(text[mention.start : mention.end] == mention.place.name for mention in chain)
    if said_whole or PLACE_AFTER.match(after):
        return 2
    parted_before = not before or before[-1] in "，。；;,:!?\n \0(（"
    parted_after = not after or after[0] in "，。；;,!?\n \0)）、"
    if parted_after and (parted_before or len(text[start:end]) > 2):
        return 2
    return 1 if parted_after and before and before[-1] in "送到在" else 0
