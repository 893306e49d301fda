"""What must not be (不要冻品, 不含蔗糖, 除毒性饮片外), and what must be (必须316L)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.core.patterns import lazy_pattern

STOP = r"，。；;!?\n\0()\[\]「」"
REFUSAL = (
    r"(?:不要再?(?:用|有|是|含有?|带|加|添加|使用)?|不能(?:有|含有?|用|是|带|加|添加|使用|掺|出现)|不得(?:有|"
    r"含有?|用|使用|添加|掺有?|检出|带)|"
    r"不可(?:有|含有?|用|是|带|添加)|不许(?:有|用|含)|不含有?|不添加|不加|不带|不掺|不用|不使用|不接受|不收|"
    r"不放|不允许有?|不考虑|不做|别要|别用|别加|别放|别拿|"
    r"莫(?:要|用|放|加|拿|搞|整|给我)(?:有|用|加|放)?|不(?:要|得|可|能|准|许)再?(?:添加|使用|含有|掺入)任何|未添加(?:任何)?|不得使用|"
    r"禁止(?:使用|添加|用)?|禁用|谢绝|拒绝|拒收|杜绝|避免(?:使用)?|勿用|忌)"
)
OBJECT = rf"[^{STOP},]{{1,16}}"
NOT_REFUSED = (
    r"^(?:超过|高于|低于|少于|大于|小于|超|紧|求|急|太|贵|错|便宜|了|钱|多|限|等|拖|迟|晚|误|换|装|修|拆|寄|管|写|提供|发票|开票|"
    r"出错|断|停|包邮|印字|间断|"
    r"安装|送货|上门|加急|运费|预付|少于|催|耽误|再(?!生|制|造)|什么|任何|打电话|电话|质保)"
)
EXCEPT = lazy_pattern(rf"除了?(?P<what>[^{STOP},]{{1,12}}?)(?:以外|之外|外)")
LEFT_OUT = lazy_pattern(
    rf"(?:^|(?<=[，。；;,\s]))(?P<what>[^{STOP},]{{1,16}}?)(?:的)?(?:一律|一概|都|全部|统统|一点(?:都|也))?(?:不要|不行(?!了)|不能(?:加|有|用|放|含)|不得行|除外|免谈|不收|不考虑|"
    rf"勿扰|不接受|(?:莫|别|不要)(?:给我|给我们)?(?:发|拿|送|寄|整|搞|要|来)来?)(?:哈|哦|了|啊)?(?=[{STOP},]|$)"
)
FREE_FROM = (
    r"(?:蔗糖|白砂糖|乳糖|糖分?|盐|油|脂|脂肪|反式脂肪酸?|酒精|乙醇|香精|香料|色素|防腐剂|添加剂|甜味剂|"
    r"增稠剂|明胶|麸质|味精|"
    r"硫|硫熏|熏硫|磷|氟|氯|铅|苯|汞|砷|镉|铬|甲醛|荧光剂?|荧光增白剂|塑化剂|双酚A|溶剂残留|农残|农药残留|"
    r"农药|重金属|激素|抗生素|"
    r"转基因|乳胶|PVC|硅油|皂基|矿油|矿物油|动物油|动物源性?|猪源|牛源|奶|蛋|花生|咖啡因|过敏原|致敏原|涂层|"
    r"粉|二噁英|异味|毒)"
)
WITHOUT = lazy_pattern(
    rf"(?:(?:无添加|零添加)(?P<added>{FREE_FROM})?|(?:无|免|零|非|未添加|"
    rf"(?<!\d)0)\s?(?P<what>{FREE_FROM})(?![A-Za-z]))"
)
NOT_WITHOUT = lazy_pattern(r"无(?:毒|粉|异味|盐|油墨|氧|水|糖果)|非(?:油|糖)|[无非](?:油炸|油品)")
OTHER_THAN = lazy_pattern(
    r"(?<![除是若莫无])非(?P<what>转基因|进口|国产|二手|原装|医用|食品级|复合|再生料|回收料|油炸)"
)
OTHER_THAN_CLAUSE = lazy_pattern(
    r"(?:^|(?<=[，,。；;、\s]))非(?P<what>(?!标|常|诚|必|洲|遗)[\u4e00-\u9fff]{2,4})(?:的)?(?=[，,。；;、\s]|"
    r"$)"
)
MUST_BE = lazy_pattern(
    rf"(?:必须(?:是|为|用|要|要有|有|带|配|符合)?|一定要(?:是|有|用)?|只要|只能(?:是|用)|仅限|务必(?:是|要|"
    rf"有)?|得是)(?P<what>[^{STOP},、]{{1,14}})"
)
IN_ENGLISH = lazy_pattern(
    r"(?i)\b(?:(?:without|free (?:of|from|of any)|must not contain|does not contain|not containing|contains? no|"
    r"no added|no)\s+"
    r"(?P<what>(?!more|less|later|earlier|need|"
    r"problem|matter|longer|other|minimum|rush|one|later|higher|over|and|or\b)[a-z][a-z -]{1,24}?)"
    r"(?=[,.;\n\0]|\s(?:and|or|by|at|for|in|to)\b|$)|(?P<free>[a-z]{3,}(?: [a-z]{3,})?)-free\b|"
    r"(?<=[,.;] )(?P<apart>[a-z]{3,}) free\b)"
)
SPLIT = lazy_pattern(r"(?:、|和|或者?|及|与|以及|/)")
FILLED_BEFORE = r"^(?:有|含有?|用|是|带|加|添加|使用|掺|任何|一切|那种|这种|其他|什么|再(?!生|制|造)|给我|拿|以|了)+"
LACKING_BEFORE = lazy_pattern(r"(?:没有|没得|没|无|不带|不具备|不持有?|缺|拿不出|不能提供)\s?\Z")
LACKING_REFUSED = lazy_pattern(
    r"[^，。；;,\n]{0,6}?(?:的|就|者|一律)[^，。；;,\n]{0,4}?(?:不要|不考虑|免谈|勿扰|不收|不行|不接受|别来|谢绝|不谈|请绕行|勿投)"
)
OVER_MONEY = lazy_pattern(r"(?:超过?|超出|高于|大于|贵过)\s?[\d一二三四五六七八九十百千万两.]+\s?(?:万?元|块|毛|角)?")
"""超过12元的不要 is a limit of the price, nothing that must not be in it."""
NOT_TIMES = lazy_pattern(r"周末|周[一二三四五六日]|星期|节假日|节日|假期|以下|上述|运费|税|安装")


@dataclass(frozen=True)
class Demand:
    """Characters `start` to `end` refuse or demand something."""

    start: int
    end: int
    words: str
    """As said: 不含酒精."""
    refused: tuple[str, ...]
    """What must not be; empty for a thing that must be."""
    inside_name: bool = False
    """True for 无糖 and 非转基因, which are part of the thing's name."""


def find_demands(text: str) -> list[Demand]:
    """Every refusal and every "must" in the folded `text`, left to right, none over another."""
    found = sorted(_candidates(text), key=lambda demand: (demand.start, -demand.end))
    kept: list[Demand] = []
    for demand in found:
        if not kept or demand.start >= kept[-1].end:
            kept.append(demand)
    return kept


def _candidates(text: str) -> Iterator[Demand]:
    for match in re.finditer(rf"(?P<verb>{REFUSAL})(?P<what>{OBJECT})", text):
        if re.search(r"[要用是]?(?:可以|也行|还|好|能)$", text[max(0, match.start() - 2) : match.start()]):
            continue
        yield from _refusal(text, match)
    for match in EXCEPT.finditer(text):
        if not NOT_TIMES.search(match["what"]):
            yield Demand(match.start(), match.end(), match.group(), _things(match["what"]))
    for match in LEFT_OUT.finditer(text):
        if (
            match["what"].strip()
            and not OVER_MONEY.fullmatch(match["what"].strip())
            and not re.search(r"[要用]$|一定|可|定金|^也|^都|^现在|^暂", match["what"])
        ):
            yield Demand(match.start(), match.end(), match.group(), _things(match["what"]))
    for match in WITHOUT.finditer(text):
        what = match["what"] or match["added"]
        if what and not NOT_WITHOUT.match(match.group()):
            yield Demand(match.start(), match.end(), match.group(), (what,), inside_name=True)
    for match in [*OTHER_THAN.finditer(text), *OTHER_THAN_CLAUSE.finditer(text)]:
        yield Demand(match.start(), match.end(), match.group(), (match["what"],), inside_name=True)
    for match in IN_ENGLISH.finditer(text):
        yield Demand(match.start(), match.end(), match.group(), (match["what"] or match["free"] or match["apart"],),
                     inside_name=match["what"] is None)  # fmt: skip
    for match in MUST_BE.finditer(text):
        what = match["what"].rstrip("的")
        if len(what) > 1 and not re.match(r"[到在于送交按能可会今明]|\d+[月号天日]", what):
            yield Demand(match.start(), match.start("what") + len(what), match.group().rstrip("的"), ())


CUT = lazy_pattern(
    r"的(?!话)|，|,|就行|就好|即可|也行|也可|都行|吧|哦|啊|哈|呢|谢谢|(?<=.)(?:并且|而且|另外|另|要求|需要|"
    r"必须|但|要(?!求))"
)
PLAIN_THINGS = lazy_pattern(r"(?:货|产品|东西|料|款|那种|商品|品种|厂家|商家|供应商|成分)?$")


def _refusal(text: str, match: re.Match[str]) -> Iterator[Demand]:
    """不含蔗糖的酸梅汤 refuses 蔗糖; 不要去年的陈货 refuses 去年的陈货."""
    what = match["what"]
    if re.match(NOT_REFUSED, what):
        return
    cut = CUT.search(what)
    if cut:
        rest = what[cut.end() :]
        whole = cut.group() == "的" and "含" not in match["verb"] and "加" not in match["verb"]
        if not (
            whole
            and not PLAIN_THINGS.match(rest)
            and len(rest) <= 5
            and not re.search(r"[\d一二两三四五六七八九十百千万]|要", rest)
        ):
            what = what[: cut.start()]
    things = _things(what)
    if things:
        end = match.start("what") + len(what)
        yield Demand(match.start(), end, text[match.start() : end], things)


def _things(what: str) -> tuple[str, ...]:
    things = []
    for part in SPLIT.split(what):
        part = re.sub(FILLED_BEFORE, "", part.strip())
        part = re.sub(r"(?:做的?|的?成分|类产品|之类|那种|等成分|等等|等|类|了|\s)+$", "", part)
        if part and not part.isspace():
            things.append(part)
    return tuple(things)


def refuses_papers(text: str, start: int, end: int) -> bool:
    """True when the words around `start` to `end` say that the paper named there is not needed."""
    after, before = text[end : end + 24], text[max(0, start - 12) : start]
    if LACKING_BEFORE.search(before) and LACKING_REFUSED.match(after):
        return False  # 没有CMA的不要 asks for it
    if re.match(r"(?:就|可以|也)?(?:不用|不需要|不要求|不要|无所谓|可以没有|没有也行|免)", after):
        return True
    if re.match(r"(?i)\s(?:is |are |certificates? )*(?:not (?:needed|required|necessary)|optional)", after):
        return True
    if re.search(r"(?i)\b(?:without|no need (?:of|for)|need no|no)\s$", before):
        return True
    return (
        re.search(
            r"(?:不需要|无需|不用|不要求|不要|免|不强制|没有)[^，。；;,\n]{0,4}\Z", text[max(0, start - 10) : start]
        )
        is not None
    )
