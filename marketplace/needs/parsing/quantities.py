"""How much: numbers with a unit that count what is wanted, told apart from sizes, packs and parts of it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from marketplace.core.numerals import NUMBER, SCALES, THOUSAND, number_value
from marketplace.core.patterns import lazy_pattern
from marketplace.needs.parsing.measures import UNIT, dimension

SIZE_MARK = r"\s?[×xX*＊]\s?"
SIZE_UNIT = r"(?:厘米|毫米|米|cm|mm|m|CM|MM|公分|寸|英寸|丝|微米|μm|um)?"
SIZE = lazy_pattern(rf"\d+(?:\.\d+)?\s?{SIZE_UNIT}(?:{SIZE_MARK}\d+(?:\.\d+)?\s?{SIZE_UNIT})+(?![A-Za-z])")
PERCENT = lazy_pattern(r"(?:百分之[零一二三四五六七八九十百点两]+|\d+(?:\.\d+)?\s?(?:%|‰|％|ppm|ppb))")
OTHER_NUMBER = lazy_pattern(
    r"(?:\d+(?:\.\d+)?|[一二三四五六七八九十两百千万]+)\s?(?:目|级|号(?!码)|度|℃|°C|寸|英寸|丝|kW|KW|千瓦|"
    r"kVA|千伏安|伏|V(?![A-Za-z])|A(?![A-Za-z0-9])|Hz|转|rpm|MPa|帕|巴|bar|"
    r"层|倍|折|成(?!品|套|人|都)|头(?=三七|田七|春砂)|孔|芯|联|开(?!关|票|发|户)|期(?!间|货|末)|线|位数|格|"
    r"门(?!诊)|座位|元泵|效|支(?=纯棉|棉|纱|精梳)|万级|分之[一二三四五六七八九十\d]+)"
)
SEATS = lazy_pattern(r"(?:[5-9]|\d{2,3})座(?=[\u4e00-\u9fff])")
STEEL = lazy_pattern(r"(?<!\d)(?:304|316|321|201|430|2205)\s?[LlHN]?(?![\d万千百个只件支台套公斤吨箱根米])")
CODED = lazy_pattern(
    r"(?<![A-Za-z])[A-Za-z][A-Za-z/\-]{0,11}\s?\d{1,12}(?:[.\-]\d{1,8}){0,4}[A-Za-z]{0,6}(?![\d万千百])"
)
CODE_LETTERS = (
    r"(?:DN|SUS|GB|GB/T|ISO|YY|YY/T|QB|QB/T|HG|SB|NY|DB|T|M|C|A|B|F|PH|pH|Ph|V|IP|FFP|KN|KF|No|NO|Rc|VC|Vc|G|R|ø)"
)
QUANTITY = lazy_pattern(
    rf"(?P<loose>约|大约|大概|近)?(?P<number>(?<![\d.\-#≥≤<>第]){NUMBER})(?:\s?(?:-|~|到|"
    rf"至)\s?(?P<upto>{NUMBER}))?(?P<vague>多|余|来|几|把)?\s?"
    rf"(?P<great>万|{THOUSAND}|百)?(?P<unit>{UNIT}|(?:个月|小时|天|年|季度|课时)(?!内|前|后|以内|"
    rf"之内))(?P<half>半)?(?P<tenth>(?<=[吨斤米方])[一二三四五六七八九](?=[，。；;,、\s\0]|$))?"
)
PART_BEFORE = lazy_pattern(
    r"(?:首批|首单|第一批|头批|先期|先(?:到|送|来|交|发|要|做|买|拿|订|试|上|给)?|样品|寄样|打样|试样|送样|"
    r"小样|试用|试做|试产|月交|每月交|起订量?|起批|最少订|留样|寄|另寄|备用|备件|月供|月产|日产|年产|产能|"
    r"日供|已有|现有|库存|剩余?|"
    r"前)(?:大?约|不少于|至少|:)?$"
)
SPLIT_UP_BEFORE = lazy_pattern(
    r"(?:分成?|共分|拆成?|可分|第|前|其中|免费|质保|保修|附赠?|送(?:货)?(?=\d?次)|间隔|约有|服务于|员工|学生|"
    r"现有|床位|住着|有(?=\d+[人名位])|合)$"
)
PACK_BEFORE = lazy_pattern(
    r"(?:(?:每|一|1|/)(?:小|大|中)?(?:箱|盒|袋|瓶|桶|罐|包|件|卷|板|套|捆|提|托|筐|条|片|个|只|支|人|份|车|"
    r"间|户|台|把|张|本|组|盘|柜|层)(?:内?装|含|有|约|是|为|不少于|不低于|不超过|各|里面?|放|配|重|净重|可装|"
    r":)*|内装|箱规|规格|装量|净含量|净重|毛重|单重|克重|每件重?)(?:约|为|是|:)?$"
)
PERIOD_BEFORE = lazy_pattern(
    r"每(?:个)?(?:天|日|周|星期|月|年|季度?|批|次|车|学期|班)(?:大?约|需要?|供|用|要|产生?|消耗|不少于|至少|"
    r"不低于|供应|采购|配送|交货?|送|处理|清运|大概|用量|:)*$"
)
SIZE_BEFORE = lazy_pattern(
    r"(?:厚度?|宽度?|长度?|高度?|直径|口径|容量|容积|承重|载重|载荷|自重|重量|尺寸|含量|水分|灰分|温度|湿度|"
    r"压力|功率|流量|扬程|量程|精度|误差|孔径|卷芯|内径|外径|管径|粒径|细度|行程|幅宽|间距|距离|层高|"
    r"有效容积|有效长度|工作面|跨度|深度?|壁厚|装载|产能|处理量|处理能力|风量|水量|排量|储量|体积|占地|"
    r"占地面积|(?:换热|过滤|膜|有效|使用)面积|库容|总容量|能力|速度|产量|残留|残留量|残渣|浓度|比重|密度|面密度|强度|剂量|用量每|阻隔|"
    r"透过率|噪音|效价|活菌数?|甜苷V|不得高于|≥|≤|>|<|不小于|大于|小于)"
    r"(?:要求|达到|在|为|是|约|:|不低于|不小于|不大于|不超过|不得超过|至少|≥|≤|大于|小于|\s)*$"
)
SIZE_AFTER = lazy_pattern(
    r"(?:\s?(?:装(?=$|[，、,\s\0\1()的桶袋瓶盒箱罐包每\d一二两三四五六七八九十])|规格|容量|容积|以上规格|厚|"
    r"宽|长(?!期|约)|高(?!低|度白|级|温|压|清|纯|档|端|精)|直径|口径|重(?!金属|点|型)|一(?:箱|盒|袋|瓶|桶|罐|"
    r"包|件|卷|板|捆|提|托|筐|支|条)(?!\w)|/(?:箱|盒|袋|瓶|桶|罐|包|件|卷|板|支|张|只|个|托|批|天|月|小时|h)|"
    r"每(?:箱|盒|袋|瓶|桶|罐|包|件|卷|板|托|小时|千克|公斤)|"
    r"(?:的)?(?:塑料|玻璃|铁|纸|铝|复合|不锈钢|棕色|透明|大|小|四方|方|圆|广口|PE|PET|密封|真空)?(?:桶|袋|瓶|"
    r"罐|盒|箱|管)(?!子|机|膜|盖|贴|装机)))"
)
SMALL_UNITS = frozenset({
    "克", "毫克", "毫升", "厘米", "毫米", "微升", "微米", "公克", "公分", "g", "G", "mg", "MG", "ml", "mL", "ML", "cm",
    "mm", "cc", "CM", "MM", "μL", "ul", "uL", "μm", "um", "μg", "ug", "oz",
})  # fmt: skip
"""As a rule the size of one thing, seldom the amount of a purchase."""

PACK = lazy_pattern(
    rf"{NUMBER}\s?{UNIT}\s?(?:一|1|每|/)\s?(?:小|大|中)?(?:箱|盒|袋|瓶|桶|罐|包|件|卷|板|捆|提|托|筐|条|支|套|本|排|串|坛)(?:的|装)*"
    rf"|{NUMBER}\s?{UNIT}\s?(?:那种|这种|规格|大小)"
    rf"|(?:多少钱?|怎么卖|什么价|几多)\s?(?:一|1|每)?\s?{UNIT}"
)
"""What one pack holds and which sort is meant: 250公斤一桶的, 10毫升那种; and what is only asked: 多少钱一方."""
BYGONE_BEFORE = lazy_pattern(
    r"(?:去年|前年|往年|上个?[月周]|上季度|上半年|上[次回批]|以前|之前|原来|原先|今年\d{1,2}月份?|年初)[^，。；;\n,]{0,14}$|"
    r"(?:用掉|用了|退了|换过|买过|进了|订过|坏了|报废了?|库存|库里|仓库里)[^，。；;\n,]{0,5}$|(?:只剩|还剩|剩下|剩)(?:了|约)?$"
)
BYGONE_AFTER = lazy_pattern(r"(?:被?退回|不用换|用完了|不在此列|是坏的|不够|太多|太少|多了|少了|不要了)")
"""What was bought, used or sent back is not what is wanted."""
WHOLE_WEIGHT = lazy_pattern(
    r"(?:总|毛|净|共|合)重(?:量)?(?:大?约|为|是|:)*$|单(?:箱|桶|袋|盒|瓶|件|包|罐|卷)(?:重|装)?(?:约|为|:)?$"
)
INSTEAD_BEFORE = lazy_pattern(
    r"(?:那就(?:要|来|做|定)?|就(?:改|换)成?|改[成为到]|改订|更正[为:]?|实际(?:上)?只?(?:要|需要?)?|最后(?:定|要)?|现在只?要|还是要|就要)\s?$"
)
"""Words by which an amount takes the place of the one said before."""
NEAR = 24
"""Letters on either side of an amount that may tell what it is."""

OTHERS_COUNTED = lazy_pattern(
    r"\s?(?:供应商|厂家|师傅|公司|厂商|商家|人做|品种|规格|校区|科室|食堂|部门|班级|年级|门店|点位|地址|车间|楼层|"
    r"品类|颜色|款式|型号|档次|老板|朋友|方案|问题|电话|工作日)"
)
OTHER_TIME_AFTER = lazy_pattern(r"以?内?(?:质保|保修|响应|到场|时间|有效|保质|账期|停产)")
PACKED_AFTER = lazy_pattern(r"\s?(?:装|规格|容量|/|每|一|厚|宽|长|高|重)")
TURNS = ("次", "趟", "回")
TURN_BEFORE = lazy_pattern(r"一?[天日周年月](?:送|配送|清运|清理|上门)?$")
ONE_OF_A_WORD = ("批", "次", "批次", "个", "位", "名", "人", "条", "天", "年")

SORTS = frozenset({"款", "种", "样", "类", "项", "宗"})
"""What counts sorts of things: 一款黑芝麻丸, 800盒."""
COUNTED = ("count", "package")
LARGEST_QUANTITY = Decimal(10) ** 12


@dataclass(frozen=True)
class Quantity:
    """Characters `start` to `end` say an amount; the weaker, the less it is likely to be the whole order."""

    start: int
    end: int
    value: Decimal
    unit: str
    weak: int
    """0: an amount; 1: a first or regular part of it (首批, 样品); 2: a piece of a pack (3克*20条)."""
    regular: bool
    """True for so much a day or a month."""
    instead: bool = False
    """True when it takes the place of the amount said before (那就6套)."""

    @property
    def dimension(self) -> str:
        """The dimension of the unit; empty for an unknown one."""
        return dimension(self.unit)


@lru_cache(maxsize=64)
def mask_sizes(text: str) -> str:
    """`text` with sizes, shares and codes blotted out: 20×30厘米, 95%, DN50, 316L, 200目."""
    for pattern in (SIZE, PACK, PERCENT, STEEL, SEATS):
        text = pattern.sub(_blot, text)
    text = CODED.sub(lambda match: _blot(match) if _is_code(match) else match.group(), text)
    return OTHER_NUMBER.sub(_blot, text)


def _blot(match: re.Match[str]) -> str:
    return "\1" * len(match.group())


def _is_code(match: re.Match[str]) -> bool:
    """DN50 and C18 are codes; in "HPLC2台" and "PE 200个" the number counts."""
    letters = re.match(r"[A-Za-z/\-\s]+", match.group())
    assert letters is not None
    known = re.fullmatch(CODE_LETTERS, letters.group().strip(" -/")) is not None
    if re.search(r"\s$", letters.group()):
        return known
    return known or not re.match(rf"\s?{UNIT}", match.string[match.end() : match.end() + 6])


def find_quantities(text: str) -> list[Quantity]:
    """The amounts in one clause of the folded, masked text, left to right, without sizes and packs."""
    found = [quantity for match in QUANTITY.finditer(text) if (quantity := _read(text, match)) is not None]
    return [quantity for index, quantity in enumerate(found) if not _is_size_of_next(text, index, found)]


def _read(text: str, match: re.Match[str]) -> Quantity | None:
    value = _value(match)
    if value is None or not 0 < value < LARGEST_QUANTITY:
        return None
    before = text[max(0, match.start("number") - NEAR) : match.start("number")]
    before = re.sub(r"(?:约|大约|大概|近)$", "", before)
    if not _counts(match["number"], match["unit"], value, before, text[match.end() : match.end() + NEAR]):
        return None
    extra = re.compile("左右|上下|以上|前后").match(text, match.end())
    return Quantity(
        start=match.start(),
        end=extra.end() if extra else match.end(),
        value=value,
        unit=match["unit"],
        weak=2 if re.search(r"[*×xX]\s?$", before) else int(_is_part(text, match, before)),
        regular=PERIOD_BEFORE.search(before) is not None,
        instead=INSTEAD_BEFORE.search(before) is not None,
    )


def _is_part(text: str, match: re.Match[str], before: str) -> bool:
    """A first part, a count of sorts, the smallest order of somebody."""
    at_least = re.compile("起(?:做|订|批|印|卖|售|送|发|拿)").match(text, match.end())
    return bool(match["unit"] in SORTS or at_least or PART_BEFORE.search(before))


def _value(match: re.Match[str]) -> Decimal | None:
    """Of a range the upper end: 500到800公斤 is at most 800."""
    value = number_value(match["upto"] or match["number"])
    if value is None or number_value(match["number"]) is None:
        return None
    if match["great"]:
        value *= SCALES[match["great"]]
    if match["half"] and not re.match(r"成品|自动|径|透明", match.string[match.end() :][:2]):
        value += Decimal("0.5")
    if match["tenth"]:
        value += (number_value(match["tenth"]) or Decimal(0)) / 10
    return value


def _counts(number: str, unit: str, value: Decimal, before: str, after: str) -> bool:
    """False for a size, a pack, an ordinal, a share of the order."""
    if re.search(r"(?:第|[A-Za-z]-?)$", before) and not re.search(r"[A-Za-z]{3,}\s?$", before):
        return False
    if SPLIT_UP_BEFORE.search(before) or PACK_BEFORE.search(before) or SIZE_BEFORE.search(before):
        return False
    if BYGONE_BEFORE.search(before) or BYGONE_AFTER.match(after) or WHOLE_WEIGHT.search(before):
        return False
    if OTHERS_COUNTED.match(after) or OTHER_TIME_AFTER.match(after):
        return False
    if number in ("一", "1") and _is_no_number(unit, before, after):
        return False
    if unit in TURNS and (PERIOD_BEFORE.search(before) or TURN_BEFORE.search(before)):
        return False
    if value == 1 and unit in ("批", "批次"):
        return False
    if SIZE_AFTER.match(after):
        packed = PACKED_AFTER.match(after) is not None
        return not packed and unit not in SMALL_UNITS and dimension(unit) in COUNTED
    return True


def _is_no_number(unit: str, before: str, after: str) -> bool:
    """The 一 of 一次性, and of 24瓶一箱 or 一箱24瓶."""
    if re.search(rf"{NUMBER}\s?{UNIT}$", before) or re.match(rf"\s?{NUMBER}\s?{UNIT}", after):
        return True
    return unit in ONE_OF_A_WORD and re.match(r"性|起|批|直|价|数|家|定|般|下|些|样|线|条龙|周年|到", after) is not None


def _is_size_of_next(text: str, index: int, found: list[Quantity]) -> bool:
    """In 蜂蜜500克玻璃罐1万只 and 洗发水5公斤桶40桶 the first amount is a size."""
    quantity = found[index]
    if index > 0 and quantity.dimension in ("mass", "volume", "length") and found[index - 1].dimension in COUNTED:
        gap = text[found[index - 1].end : quantity.start]
        glued = re.fullmatch(r"\s*[(（]?(?:共计?|合计|约|每\w|计)?\s*", gap)
        if glued or re.search(r"[每/][\u4e00-\u9fff]{1,2}$", gap):
            return True
    if index + 1 == len(found) or quantity.dimension not in ("mass", "volume", "length", "area"):
        return False
    following = found[index + 1]
    gap = text[quantity.end : following.start]
    if re.search(r"[、,]|和|及|与|另|还", gap):
        return False
    return following.dimension in COUNTED or (quantity.unit in SMALL_UNITS and following.unit not in SMALL_UNITS)


def has_size(clause: str) -> bool:
    """True when a clause tells of which size a thing is."""
    return "\1" in mask_sizes(clause)
