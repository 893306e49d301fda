"""What it may cost: unit prices and budgets, as people say them (一毛八以内一只, 总价不超过3.6万, 每箱240)."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from marketplace.core.numerals import NUMBER, SCALES, number_value
from marketplace.core.patterns import lazy_pattern
from marketplace.needs.parsing.measures import PRICED_UNIT, TIME_UNIT, UNIT
from marketplace.needs.parsing.result import Bound

DIGIT = r"[\d一二三四五六七八九]"
NO_UNIT_NEXT = rf"(?!\d|\.|\s?{UNIT}|[十百千万])"
YUAN_WORD = r"(?:万元整?|万块钱?|元整|元钱|元|块钱|块|圆|人民币|(?i:RMB|CNY|yuan|kuai))"
SPOKEN = (
    rf"{NUMBER}\s?(?:块钱?|元|圆){DIGIT}(?:[毛角]{DIGIT}分?|[毛角]|{NO_UNIT_NEXT}){NO_UNIT_NEXT}"  # 一块二, 3元5角
    rf"|{NUMBER}\s?(?:毛|角)钱?(?:{DIGIT}分?{NO_UNIT_NEXT})?"  # 一毛八
    rf"|{NUMBER}\s?分钱?(?:{DIGIT}{NO_UNIT_NEXT})?(?!钟|之|批|次|装|体)"  # 2分2
)
BEFORE_ONE = rf"[一二三四五六七八九两十百千万]{{0,12}}[百千万][二三四五六七八九](?=一\s?{UNIT})"
"""The 一千二 of 一千二一吨."""
AMOUNT = (
    rf"(?:{BEFORE_ONE}|[¥￥]\s?{NUMBER}(?:\s?{YUAN_WORD})?|{SPOKEN}|(?:RMB|CNY)\s?{NUMBER}|"
    rf"{NUMBER}[来多余几]?\s?{YUAN_WORD}|{NUMBER}[来多]?)"
)
RANGE_MARK = r"\s?(?:-|~|到|至)\s?"
AMOUNTS = lazy_pattern(rf"(?<![\dA-Za-z.\-#×])(?P<low>{AMOUNT})(?:{RANGE_MARK}(?P<high>{AMOUNT}))?")

BUDGET_WORD = (
    r"(?:总预算|预算|总价格?|总金额|总额|总费用|总成本|总计|总共|总的|总|一共|合计|共计|全部|拢共|全包|"
    r"包干价?|打包价?|经费|资金|控制价|最高限价|"
    r"项目金额|采购金额|金额|(?i:budget|total(?: price| cost| amount)?|in total|altogether)|费用|年费|投资)"
)
PRICE_WORD = (
    r"(?:含税单价|单价|单位价格|目标价格?|到厂价|到货价|含税价|出厂价|批发价|均价|售价|价位|价格|价钱|"
    r"单个价格|报价|限价|餐标|标准|"
    r"(?i:unit (?:price|cost)|target price|price|cost)|价)"
)
PLAIN_PRICE_WORD = PRICE_WORD.replace("|价)", ")")
AT_MOST = (
    r"(?:不超过?|不得超过|不要超过|不可超过|不能超过?|别超过?|不高于|不得高于|不能高于|不大于|不多于|低于|"
    r"小于|少于|不到|没超过|最高不?超?过?|最多|至多|顶多|"
    r"不得突破|不突破|上限|封顶|限|≤|<=|<|以内|(?i:under|below|within|max(?:imum)?|up to|"
    r"at most|(?:no|not) (?:more|higher) than|"
    r"(?:less|lower|cheaper) than|not (?:to )?exceed(?:ing)?))"
)
ABOUT_WORD = r"(?:大概|大约|约|差不多|估计|(?i:around|about|approx(?:imately)?\.?)|~)"
OVER = r"(?:超过|超出|高于|大于|贵过)"
FILLER = (
    rf"(?:{AT_MOST}|{ABOUT_WORD}|{OVER}|控制在|控制到|控制|压到|做到|希望|要求|最好|必须|需要|需|要|要在|能在|定在|"
    rf"在|大致|为|是|按|(?i:\b(?:of|is|be|at|must|should)\b)|:|给到|给|出|就|价|才|卖|\s|能|=|只有|有|的)*"
)
PER_BEFORE = rf"(?:(?:每|单|一|1|按)\s?(?P<per_each>{PRICED_UNIT})|(?P<per_bare>{PRICED_UNIT}))"
LEFT = lazy_pattern(
    rf"(?:(?:(?:每|单|一)\s?(?P<per_first>{PRICED_UNIT})|(?P<per_head>人均))的?(?=预算|单价|价格|成本|报价|费用))?"
    rf"(?P<word>(?:{BUDGET_WORD}|{PRICE_WORD}|(?:月|日|年)?租金?|包[月年天]|[月年]付|"
    rf"月费)(?:\s*(?:{PRICE_WORD}|{BUDGET_WORD}))*)?{FILLER}"
    rf"(?:{PER_BEFORE}(?:每{TIME_UNIT}|每人|每次)?)?(?P<price_named>的?{PRICE_WORD}|成本|费用|收费)?(?P<filler>{FILLER})$"
)
ABOUT_AFTER = r"(?:左右|上下|前后)"
AT_MOST_AFTER = (
    r"(?:\s?(?i:or (?:less|below|lower|under)|max(?:imum)?)|以内|之内|以下|之下|以里|内|封顶|为限|打住|到顶|不超过?|"
    r"最多|最高|以下的|(?:为|是)?上限)"
)
AFTER = lazy_pattern(
    rf"(?P<yuan>\s?{YUAN_WORD})?(?P<post>{ABOUT_AFTER}|{AT_MOST_AFTER})?"
    rf"(?:\s?(?:/|每|一|1|per\s?|@)\s?(?P<per_after>{PRICED_UNIT})|(?P<per_glued>公斤|千克|kg|KG|吨|斤|平米|"
    rf"平方米?)(?={AT_MOST_AFTER}|{ABOUT_AFTER}|[，,。；;]|$))?"
    rf"(?P<each>\s?(?i:each|apiece))?(?P<post2>{ABOUT_AFTER}|{AT_MOST_AFTER})?(?P<total>\s?(?:的?总价|的?预算|总共|包干|全包|打包|封顶|"
    rf"一口价|拿下|搞定|做完))?(?P<post3>{AT_MOST_AFTER})?"
)
OTHER_MONEY = lazy_pattern(
    r"(?:定金|押金|首付|罚款|违约金|保证金|注册资本|产值|营收|销售额|订单|运费|邮费|质保金|差价|补贴|工资|"
    r"日供|年产值|投资额|市场价|原价|(?:某厂|别家|别人|上家|对方|他们家?|人家|去年|上次|上回|以前|之前|原来)[^，。；;,\n]{0,4}(?:报价?|报的|卖|价格?|要))(?:约|为|是|:|大约|共)*$"
)
OVER_IS_REFUSED = lazy_pattern(
    r"(?:一[个只台套件])?(?:的|就|价)?(?:一律|都|统统)?(?:不要|不考虑|免谈|不谈|算了|不买|不收|不行)"
)
"""超过12元不要."""
NOUN_WITH_YUAN = lazy_pattern(r"[泵催件复色素酸红]")
COUNTS_OTHERS = lazy_pattern(rf"(?!打住)\s?(?:{UNIT}|[xX×*%]|[A-Za-z]|个|号|年|月|日|天|小时|目|度|℃|级|层|元件|装)")
"""After a bare number: it is a quantity, a day, a size."""

VAGUE_WORDS = ("总", "全部", "一共", "总共", "合计", "共计", "投资", "标准", "要求")
VAGUE_AMOUNT = lazy_pattern(r"[\d一二三四五六七八九十百千万][来多余几](?:元|块|万)")
NEAR = 40
"""Letters before an amount that may tell what it is for."""

LARGE = Decimal(1000)
"""Yuan: a bare amount from here on is a total, below it a price for one."""


@dataclass(frozen=True)
class MoneyMention:
    """Characters `start` to `end` say a limit; `total` when it is for everything."""

    start: int
    end: int
    bound: Bound
    total: bool


def find_money(text: str) -> list[MoneyMention]:
    """Every limit in yuan that the folded `text` says, left to right; claimed letters are masked beforehand."""
    found: list[MoneyMention] = []
    for match in AMOUNTS.finditer(text):
        mention = _Amount(text, match, found[-1].end if found else 0).mention()
        if mention is not None:
            found.append(mention)
    return found


class _Amount:
    """A number in a text with the words on both sides of it, which tell whether it is money and for what."""

    def __init__(self, text: str, match: re.Match[str], taken_to: int):
        self.text, self.match, self.said = text, match, match.group()
        self.low = _amount(match["low"])
        self.high = _amount(match["high"]) if match["high"] else None
        self.clause_start = max(_clause_start(text, match.start()), taken_to, match.start() - NEAR)
        self.before = text[self.clause_start : match.start()]
        left, right = LEFT.search(self.before), AFTER.match(text, match.end())
        assert left is not None and right is not None  # every part of the two patterns may be empty
        self.left, self.right = left, right
        self.rest = text[right.end() : right.end() + 6]
        self.word: str = left["word"] or ""
        ahead = self.before[: max(0, left.start("per_bare"))]
        unit_begins_clause = bool(self.word) or not ahead or re.search(r"(?<!\d)[ \0]$", ahead) is not None
        self.per_bare = left["per_bare"] if unit_begins_clause else None
        self.left_start = left.end("per_bare") if left["per_bare"] and not unit_begins_clause else left.start()
        self.per = self._unit_priced()

    def mention(self) -> MoneyMention | None:
        """What is said, or None when the number is no money or no limit."""
        if self.low is None or (self.match["high"] and self.high is None) or self._is_other_money():
            return None
        if not (self._is_said_as_money() if self._names_money() else self._is_understood_as_money()):
            return None
        if not self._is_certain() and not self._stands_for_itself():
            return None
        bound = self._bound()
        if bound is None:
            return None
        total = self._is_total() if self._is_certain() else bound.ceiling >= LARGE
        if total:
            bound = replace(bound, per=None)
        return MoneyMention(self._start(), max(self.right.end(), self.match.end()), bound, total)

    def _unit_priced(self) -> str | None:
        """The unit that the price is for: 45块一公斤, 每箱240, 月租."""
        each = self.right["per_after"] or self.right["per_glued"] or self.left["per_each"] or self.per_bare
        if each:
            return "人" if each == "人均" else each
        if self.left["per_head"]:
            return "人"
        first = self.left["per_first"]
        if first and not (re.fullmatch(TIME_UNIT, first) and re.search("预算|费用", self.word)):
            return str(first)  # 每台预算2万 is a price, 每月预算8000 a budget
        return _rent_unit(self.word)

    def _names_money(self) -> bool:
        """元, 块, 毛 or ¥ is said; a lone "3万以内" is money as well."""
        if re.search(rf"[¥￥毛角分]|{YUAN_WORD}", self.said) or self.right["yuan"]:
            return True
        alone = not self.before.strip(" ，,")
        return bool(self.right["post"] and alone and re.search(r"[万kKwW]\d?$", self.said))

    def _is_other_money(self) -> bool:
        """A deposit, a turnover, the 元 of 四元泵."""
        if OTHER_MONEY.search(self.before[: self.left.start()] + self.word) and not self.left["per_each"]:
            return True
        return self.said.endswith("元") and NOUN_WITH_YUAN.match(self.text, self.match.end()) is not None

    def _is_said_as_money(self) -> bool:
        """毛, 角 and 分 alone need more words: 八角 is a spice."""
        small = re.search(r"[毛角分]", self.said) and not re.search(r"[元块圆¥]", self.said)
        if not small:
            return True
        return bool(self.word or self.per or self.right["post"] or self.left["filler"] or "钱" in self.said)

    def _is_understood_as_money(self) -> bool:
        """A bare number is money after 单价, 预算 or 每箱, unless it counts something else."""
        left, right = self.left, self.right
        if re.fullmatch(DIGIT, self.said) and re.match(r"[\u4e00-\u9fff]", self.text[self.match.end() :]):
            return False  # 五花肉, 一次性
        if self.said == "半" or (left["per_each"] and "一" in left.group() and re.fullmatch(DIGIT, self.said)):
            return False  # 一吨半, 一吨二
        if COUNTS_OTHERS.match(self.text, self.match.end()) and not right["per_glued"]:
            return False
        if right["per_glued"] and not self.word:
            return False
        named = bool(self.word or left["per_each"] or (self.per_bare and (left["filler"] or left["price_named"])))
        if not named and not self._is_spoken_for_one():
            return False
        if self.word in VAGUE_WORDS and not right["post"]:
            return False
        ended = right["post"] or right["total"] or re.match(r"[，,。；;、\s]|$", self.rest)
        return bool(self.word or not left["per_each"] or ended or left["filler"])

    def _is_spoken_for_one(self) -> bool:
        """一千二一吨, and "0.35一个" where it begins the clause."""
        if not self.right["per_after"] or not re.match(r"\s?[一每/]", self.text[self.match.end() :][:2]):
            return False
        begins = not self.before.strip(" \0") or self.before[-1] in " \0"
        return begins or re.search(r"[百千万][二三四五六七八九]$", self.said) is not None

    def _is_certain(self) -> bool:
        return bool(self.word or self.per or self.right["total"] or self.right["each"])

    def _stands_for_itself(self) -> bool:
        """Without any word for it, a sum must be limited (以内) or stand alone in its clause or behind a quantity."""
        right, ahead = self.right, self.before[: self.left_start]
        said = self.left.group().rstrip()
        if re.search(f"{OVER}$", said) and not re.search(f"{AT_MOST}$", said):
            return OVER_IS_REFUSED.match(self.text, right.end()) is not None
        limited = bool(right["post"] or right["post2"] or re.search(f"{AT_MOST}|{ABOUT_WORD}", self.left["filler"]))
        alone = re.match(r"[，,。；;、!?\s]|$", self.rest) is not None
        at_start = not ahead.strip(" ，,") or self.text[self.clause_start - 1 : self.clause_start] == "\0"
        glued = ahead.endswith("\0") or re.search(rf"{NUMBER}\s?{UNIT}$", ahead.rstrip()) is not None
        if not alone and not (limited and (at_start or glued or right["post"])):
            return False
        if limited or glued:
            return True
        counts_blocks = "块" in self.said and "钱" not in self.said and re.search(r"[\u4e00-\u9fff]{2}$", ahead)
        return at_start and not counts_blocks

    def _bound(self) -> Bound | None:
        assert self.low is not None
        low, high = _common_scale(self.match, self.low, self.high, self.right["yuan"])
        if low <= 0:
            return None
        if high is not None and high > low:
            return Bound("range", low=low, high=high, per=self.per)
        if high is not None and high <= 0:
            return None
        return Bound(self._operator(), value=low, per=self.per)

    def _operator(self) -> str:
        after = (self.right["post"] or "") + (self.right["post2"] or "")
        if re.search(ABOUT_AFTER, after):
            return "about"
        ahead = self.before[self.left_start :]
        if re.search(AT_MOST_AFTER, after) or re.search(AT_MOST, ahead):
            return "<="
        return "about" if re.search(ABOUT_WORD, ahead) or VAGUE_AMOUNT.search(self.said) else "<="

    def _is_total(self) -> bool:
        if self.right["total"]:
            return not self.per or re.search("总|包", self.right["total"]) is not None
        if re.search(PLAIN_PRICE_WORD, self.word) and not re.search("总|包干|打包|控制价|最高限价", self.word):
            return False
        if self.per:
            return "总" in self.word
        return bool(self.word)

    def _start(self) -> int:
        start = self.clause_start + self.left_start
        ahead = self.text[start : self.match.start()]
        return start + len(ahead) - len(ahead.lstrip(" ，,的\0"))


def _clause_start(text: str, position: int) -> int:
    for index in range(position - 1, max(0, position - NEAR) - 1, -1):
        if text[index] in "，。；;!?\n" or (text[index] == "," and not text[index - 1 : index].isdigit()):
            return index + 1
    return 0


def _rent_unit(word: str | None) -> str | None:
    """月租 is a price for a month."""
    rent = re.search(r"(?:包|^)([月日年天])(?:租|付|费|$)|([月日年])租", word or "")
    span = (rent[1] or rent[2]) if rent else None
    return "天" if span == "日" else span


def _amount(text: str) -> Decimal | None:
    """Yuan of one amount: 一块二 is 1.2, 2分2 is 0.022, 3.6万元 is 36000."""
    text = text.strip().lstrip("¥￥").strip()
    text = re.sub(r"^(?:RMB|CNY)\s*", "", text)
    coins = re.fullmatch(rf"({NUMBER})\s?(块钱?|元|圆)({DIGIT})(?:([毛角])(?:({DIGIT})分?)?)?", text)
    if coins:
        return _sum((coins[1], 0), (coins[3], 1), (coins[5], 2))
    coins = re.fullmatch(rf"({NUMBER})\s?[毛角]钱?(?:({DIGIT})分?)?", text)
    if coins:
        return _sum((coins[1], 1), (coins[2], 2))
    coins = re.fullmatch(rf"({NUMBER})\s?分钱?({DIGIT})?", text)
    if coins:
        return _sum((coins[1], 2), (coins[2], 3))
    whole = re.fullmatch(rf"({NUMBER})[来多余几]?\s?({YUAN_WORD})?", text)
    if whole is None:
        return None
    value = number_value(whole[1])
    if value is not None and whole[2] and whole[2].startswith("万"):
        value *= 10000
    return value


def _sum(*parts: tuple[str | None, int]) -> Decimal | None:
    total = Decimal(0)
    for figures, places in parts:
        if figures:
            value = number_value(figures)
            if value is None:
                return None
            total += value.scaleb(-places)
    return total


def _common_scale(
    match: re.Match[str], low: Decimal, high: Decimal | None, yuan: str | None
) -> tuple[Decimal, Decimal | None]:
    """2到3万 is twenty to thirty thousand, 3到5毛 is 0.3 to 0.5."""
    if yuan and yuan.strip().startswith("万"):
        low *= 10000
        high = high * 10000 if high is not None else None
    if high is None:
        return low, high
    for mark, factor in (("毛", Decimal("0.1")), ("角", Decimal("0.1")), ("分", Decimal("0.01"))):
        if match["high"].rstrip("钱").endswith(mark) and not _has_unit(match["low"]):
            return low * factor, high
    scale = re.search(r"(百万|十万|千万|[万千百亿kKwW])\s?" + rf"(?:{YUAN_WORD})?$", match["high"])
    if scale and not _has_unit(match["low"]) and not re.search(r"[百千万亿kKwW]", match["low"]):
        scaled = low * SCALES[scale[1].lower()]
        if scaled <= high:
            return scaled, high
    return low, high


def _has_unit(text: str) -> bool:
    return re.search(r"[¥￥毛角分元块圆]", text) is not None


def with_unit(bound: Bound, unit: str | None) -> Bound:
    """A unit price without its own unit is for one unit of the line."""
    return bound if bound.per else replace(bound, per=unit)
