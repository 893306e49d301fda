"""How people write a day: each spelling is a pattern and a function that reads it on the day `today`."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from marketplace.core.numerals import number_value
from marketplace.core.patterns import lazy_pattern
from marketplace.needs.parsing import days

SMALL = r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3}|元)"
BEFORE = r"(?:之前|以前|前|之内|以内|内)"
HANDED_OVER = (
    r"(?:交货|到货|交付|交完|交齐|交清|送到|送达|送货|送来|送至|送完|发货|发到|完工|完成|完毕|上线|供货|到位|"
    r"出报告|出结果|出具|竣工|进场|开工|开班|开始|投用|接通|提货|取货|要货|收货|就要|装好|安装|入库|到厂|到场|到校|"
    r"到仓|到店|铺货|交|送|到|要|用|出样|定下来|定)"
)
LEAD_WORDS = (
    r"(?:交货周期|供货周期|交货期|交付期|供货期|交货时间|交付时间|到货时间|送货时间|交期|货期|工期|周期|工时|"
    r"交货|交付|"
    r"最迟|最晚|限期|限时|(?<!期)限|出报告时间)"
)
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 6, "1": 0, "2": 1, "3": 2,
            "4": 3, "5": 4, "6": 5, "7": 6}  # fmt: skip
LONGEST_DURATION = 3660
"""Days; longer is no deadline of a purchase."""
Reader = Callable[[re.Match[str], date], date | None]
READERS: list[tuple[re.Pattern[str], Reader]] = []


def reads(pattern: str) -> Callable[[Reader], Reader]:
    """Register how a spelling of a day is read; where two fit one spot, the longer words win."""

    def add(reader: Reader) -> Reader:
        READERS.append((lazy_pattern(pattern), reader))
        return reader

    return add


def _number(text: str) -> int | None:
    if text == "元":
        return 1
    value = number_value(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


def _year_of(word: str | None, today: date) -> int | None:
    """The year that 明年 or 2027年 means; None when none is said."""
    if not word:
        return None
    for name, years in (("明", 1), ("后", 2), ("今", 0), ("本", 0), ("当", 0)):
        if word.startswith(name):
            return today.year + years
    figures = re.sub(r"\D", "", word)
    if figures:
        return int(figures) if len(figures) == 4 else 2000 + int(figures)
    value = number_value(word.rstrip("年"))
    return int(value) if value is not None and 2000 <= value < 2100 else None


YEAR = r"(?P<year>明年的?|今年的?|后年|本年|当年|20\d\d年?[-/.]?|\d\d年|二[零O〇][一二三四五六七八九零]{2}年)?\s*"
DAY_ENDING = r"(?:号|日)?(?:星期[一二三四五六日天]|\(周?[一二三四五六日天]\))?"
UPTO = rf"(?:(?:-|~|到|至){SMALL}(?:月{SMALL})?[号日]?)?"


@reads(r"(?<!\d)(20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)(?:号|日)?" + BEFORE + "?")
def whole_date(match: re.Match[str], today: date) -> date | None:
    """2026-12-15, 2026年12月15日."""
    return days.valid_day(*map(int, match.groups()))


@reads(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)" + BEFORE + "?")
def compact_date(match: re.Match[str], today: date) -> date | None:
    """20261215."""
    return days.valid_day(*map(int, match.groups()))


@reads(rf"{YEAR}(?<!\d)(?P<month>{SMALL})\s?月份?的?\s?(?P<day>{SMALL})(?![\d.万千百]){DAY_ENDING}{UPTO}{BEFORE}?")
def month_and_day(match: re.Match[str], today: date) -> date | None:
    """12月15日前, 十二月十号, 明年2月20日, 12月15."""
    month, day = _number(match["month"]), _number(match["day"])
    if month is None or day is None:
        return None
    return coming(_year_of(match["year"], today), month, day, today)


@reads(
    rf"(?P<month>正|冬|腊)月(?:(?P<day>初[一二三四五六七八九十]|廿[一二三四五六七八九]?|{SMALL})|底)?(?:之前|以前|前|里)"
)
def lunar_day(match: re.Match[str], today: date) -> date | None:
    """正月十五前, 腊月二十前, 腊月前: counted like a feast, the day before it."""
    month = {"正": 1, "冬": 11, "腊": 12}[match["month"]]
    day = number_value((match["day"] or "一").removeprefix("初").replace("廿", "二十"))
    if day is None or match.group().endswith(("底前", "里")):
        return None
    found = days.lunar_day_after(month, int(day), today)
    return found - timedelta(days=1) if found else None


@reads(
    rf"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])(?P<mark>[./-])(?P<day>[0-3]?\d)(?![\d./%-])(?:号|日)?"
    rf"(?={BEFORE}|号|日|\s*{HANDED_OVER}|[上下中]午)(?!\s*元)(?:{BEFORE})?"
)
def marked_date(match: re.Match[str], today: date) -> date | None:
    """12.15前, 12/15到货; without such words it is a price or a size."""
    if match["mark"] == "-" and not re.match(r"前|之前|以前|号|日", match.string[match.end("day") :]):
        return None
    return coming(None, int(match["month"]), int(match["day"]), today)


@reads(
    rf"(?:交期|货期|交货期|日期|时间|截止|截至|截止到|最晚|最迟|交货时间|到货时间|要货时间|deadline|before|"
    rf"by)\s*[:为是在到]?\s*"
    rf"(?P<month>1[0-2]|0?[1-9])[./-](?P<day>[0-3]?\d)(?![\d./-]){BEFORE}?"
)
def labelled_date(match: re.Match[str], today: date) -> date | None:
    """交期: 12.15."""
    return coming(None, int(match["month"]), int(match["day"]), today)


def coming(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return days.valid_day(year, month, day)
    this_year = days.valid_day(today.year, month, day)
    if this_year is not None and this_year >= today:
        return this_year
    return days.valid_day(today.year + 1, month, day)


MONTH_WORD = r"(?P<which>下下个?|下个?|次|本|这个?|当|今个?)月份?"


def _month_of(which: str, today: date) -> tuple[int, int]:
    if which.startswith("下下"):
        return days.month_after(today, 2)
    return days.month_after(today, 1 if which[0] in "下次" else 0)


@reads(rf"{MONTH_WORD}的?\s?(?P<day>{SMALL})(?!\d|个|次|批)(?:号|日)?{UPTO}{BEFORE}?")
def day_of_named_month(match: re.Match[str], today: date) -> date | None:
    """下月10号, 本月25日."""
    year, month = _month_of(match["which"], today)
    day = _number(match["day"])
    return days.valid_day(year, month, day) if day else None


@reads(rf"(?<![\d月年第零一二三四五六七八九十.])(?P<day>{SMALL})(?P<word>号|日)(?P<before>之前|以前|前)")
def day_of_this_month(match: re.Match[str], today: date) -> date | None:
    """15号前: in this month, or the next when that is over."""
    return _next_day_numbered(_number(match["day"]), today)


@reads(
    rf"(?:(?<=[在于，,。；;\s到])|^)(?P<day>\d{{1,2}}|[一二三四五六七八九]?十[一二三四五六七八九]?|"
    rf"[一二三四五六七八九])号"
    rf"(?:早上|上午|中午|下午|晚上)?(?={HANDED_OVER}|[，,。；;]|$)(?!楼|库|线|门)"
)
def bare_day_number(match: re.Match[str], today: date) -> date | None:
    """28号送到."""
    day = _number(match["day"])
    return _next_day_numbered(day, today) if day else None


def _next_day_numbered(day: int | None, today: date) -> date | None:
    if day is None or not 1 <= day <= 31:
        return None
    for months in range(3):
        found = days.valid_day(*days.month_after(today, months), day)
        if found is not None and found >= today:
            return found
    return None


PART = r"(?P<part>月底|月末|底|末|月初|初|上旬|中旬|下旬|月中|中)"
PART_DAYS = {"初": 10, "上旬": 10, "中": 15, "中旬": 20}


def _part_of_month(year: int, month: int, part: str) -> date:
    return next(
        (date(year, month, day) for name, day in PART_DAYS.items() if part.removeprefix("月") == name),
        days.month_end(year, month),
    )


@reads(rf"{YEAR}(?<!\d)(?P<month>{SMALL})月份?的?{PART}(?!药|心|间|途|式|国|标){BEFORE}?")
def part_of_month(match: re.Match[str], today: date) -> date | None:
    """12月底, 明年一月中旬."""
    month = _number(match["month"])
    if month is None or not 1 <= month <= 12:
        return None
    year = _year_of(match["year"], today)
    day = _part_of_month(year or today.year, month, match["part"])
    return day if year or day >= today else _part_of_month(today.year + 1, month, match["part"])


@reads(rf"{MONTH_WORD}的?{PART}(?!药|心|间|途|式|国|标){BEFORE}?")
def part_of_named_month(match: re.Match[str], today: date) -> date | None:
    """下月底, 本月中旬."""
    return _part_of_month(*_month_of(match["which"], today), match["part"])


@reads(rf"(?<![每\d个逐隔正冬腊一二三四五六七八九十年])(?P<part>月底|月末|月中)(?!药|心|间|结){BEFORE}?")
def part_of_this_month(match: re.Match[str], today: date) -> date | None:
    """月底."""
    day = _part_of_month(today.year, today.month, match["part"])
    return day if day >= today else _part_of_month(*days.month_after(today, 1), match["part"])


@reads(rf"(?<![\d年月.号日]){MONTH_WORD}(?P<word>之前|以前|前|之内|以内|内|{HANDED_OVER})")
def named_month(match: re.Match[str], today: date) -> date | None:
    """本月内, 下个月交货; 下月前 is the last day of this month."""
    year, month = _month_of(match["which"], today)
    if match["word"] in ("之前", "以前", "前"):
        return date(year, month, 1) - timedelta(days=1)
    return days.month_end(year, month)


@reads(
    rf"{YEAR}(?<![\d.])(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元])月(?P<word>之前|以前|前|"
    rf"之内|以内|内|份?{HANDED_OVER}|份(?![\w]))(?!{SMALL}月)"
)
def whole_month(match: re.Match[str], today: date) -> date | None:
    """12月前, 三月份交货."""
    month = _number(match["month"])
    if month is None:
        return None
    year = _year_of(match["year"], today)
    before = match["word"] in ("之前", "以前", "前")
    for candidate in [year] if year else [today.year, today.year + 1]:
        day = date(candidate, month, 1) - timedelta(days=1) if before else days.month_end(candidate, month)
        if year or day >= today:
            return day
    return None


@reads(
    r"(?<![\d每半一二三四五六七八九十])(?P<year>今年|本年|明年|后年)?(?P<part>年底|年末|岁末|年终|底|年内|"
    r"内)(?:之前|以前|前|之内|以内|内)?"
)
def end_of_year(match: re.Match[str], today: date) -> date | None:
    """年底, 明年底, 今年内."""
    if match["year"] is None and match["part"] in ("底", "内"):
        return None
    if match["part"] in ("年终",) and not re.match(BEFORE, match.string[match.end("part") :]):
        return None
    year = _year_of(match["year"], today) or today.year
    return date(year, 12, 31)


@reads(
    r"(?P<year>今年|本年|明年|20\d\d年?)?(?P<which>第?[一二三四1234]季度|[Qq][1-4]|本季度|这个季度|季度|"
    r"季)(?P<word>末|底|内|之前|前|结束前)"
)
def quarter(match: re.Match[str], today: date) -> date | None:
    """一季度末, Q1内, 本季度内."""
    number = re.search(r"[一二三四1234]", match["which"])
    year = _year_of(match["year"], today)
    index = "一二三四1234".index(number.group()) % 4 if number else (today.month - 1) // 3
    month = index * 3 + 3
    day = days.month_end(year or today.year, month)
    if match["word"] in ("前", "之前"):
        day = date(day.year, month - 2, 1) - timedelta(days=1)
    return day if year or day >= today else date(day.year + 1, day.month, day.day)


@reads(
    rf"(?:(?P<which>下下个?|下个?|本|这个?|上个?)|(?<![每到至第一两三]))(?:周|星期|"
    rf"礼拜)(?P<day>[一二三四五六日天末1-6])(?![\d年]|个?月|[至到、]周|休息)"
    rf"(?:(?:下班|收工|打烊)?(?:之?前|以前|{BEFORE})|(?(which)|(?=[上下中]午|早|晚|{HANDED_OVER}|[，。；;,!?\s]|$)))"
)
def weekday(match: re.Match[str], today: date) -> date | None:
    """本周五, 下周五 (of the week that starts next Monday), 周五前 (the next one to come)."""
    which, day = match["which"] or "", WEEKDAYS[match["day"]]
    monday = today - timedelta(days=today.weekday())
    ends = match.group().endswith("前")
    if match["day"] == "末" and ends:
        day = 4
    if which.startswith("上"):
        return None
    if which.startswith("下下"):
        return monday + timedelta(days=14 + day)
    if which.startswith("下"):
        return monday + timedelta(days=7 + day)
    found = monday + timedelta(days=day)
    if found < today or (found == today and not which):
        found += timedelta(days=7)
    return found


@reads(
    rf"(?P<which>下下个?|下个?|本|这个?)(?:周|星期|礼拜)(?![一二三四五六日天末转期])(?P<word>内|之内|以内|"
    rf"之前|前|里|{HANDED_OVER})?"
)
def whole_week(match: re.Match[str], today: date) -> date | None:
    """本周内: until Sunday; 下周前: until this Sunday."""
    sunday = today + timedelta(days=6 - today.weekday())
    weeks = {"下": 1, "次": 1}.get(match["which"][0], 0) + (1 if match["which"].startswith("下下") else 0)
    if match["word"] in ("前", "之前"):
        weeks -= 1
    return sunday + timedelta(days=7 * weeks)


NEAR_DAYS = {"明天": 1, "明日": 1, "明早": 1, "明晚": 1, "明晨": 1, "明儿": 1, "后天": 2, "后日": 2, "大后天": 3}


@reads(
    r"(?P<word>大后天|明天|明日|明早|明晚|明晨|明儿|后天|后日)(?:之?前|以前|内|早上|上午|中午|下午|"
    r"晚上)?(?!下单|付款|开会|签)"
)
def near_day(match: re.Match[str], today: date) -> date | None:
    """明天, 后天."""
    return today + timedelta(days=NEAR_DAYS[match["word"]])


@reads(
    rf"(?P<word>今天|今日|今晚)(?:就|能|必须|要能|下班|晚上|上午|下午|晚|早|中午|可|"
    rf"可以)?(?:[\d一二三四五六七八九十两]{{1,3}}点(?:半|钟)?)?(?={HANDED_OVER}|前|之前|内|之内|出函|提|取|发)(?!用|到期)(?:之前|之内|前|内)?"
)
def this_day(match: re.Match[str], today: date) -> date | None:
    """今天要; not 今天下单, and not 当天, which says how quick a supplier is and no day."""
    return today


DURATION = (
    r"(?P<n>\d{1,4}(?:\.\d+)?|[一二三四五六七八九十两百]{1,6}|半)\s?(?:(?:-|~|到|至)(?P<n2>\d{1,4}|"
    r"[一二三四五六七八九十两]{1,4})\s?)?"
    r"(?P<ge>来?个)?(?P<half>半)?(?P<unit>工作日|自然日|天|日|周|星期|礼拜|月|年|小时|季度)(?P<tail>半)?"
)
WITHIN = r"(?:之内|以内|内|以里|之后|以后|后|左右)"


@reads(
    rf"(?<![\d.])(?:最迟|最晚|限)?{DURATION}(?:的?时间)?{WITHIN}(?!响应|到场|维修|报修|质保|包退|包换|"
    rf"上门服务|无理由|不褪|反馈|答复|回复|退换)"
)
def within(match: re.Match[str], today: date) -> date | None:
    """三天内, 两周内, 一个月内 (the same day next month), 5个工作日内, 10天后."""
    return _after(match, today)


@reads(
    rf"{LEAD_WORDS}(?:不超过|不得超过|不能超过|控制在|最长|最多|大约|要求|:|为|是|约|在|"
    rf"\s)*{DURATION}(?:{WITHIN})?"
)
def lead_time(match: re.Match[str], today: date) -> date | None:
    """交期15天."""
    return _after(match, today)


@reads(
    rf"(?<![\d.每隔\-第])(?:最迟|最晚|限)?{DURATION}(?:的?时间)?(?:左右)?(?:就|能|必须|要|可|"
    rf"得)?{HANDED_OVER}(?!\s*(?:一次|1次|\d|一[批车趟]))"
)
def delivered_in(match: re.Match[str], today: date) -> date | None:
    """十五天交货, 六个工作日出报告."""
    if match["unit"] == "日" and not match["ge"] and match.group()[-1] in "到要用送交定":
        return None  # 15日送到 is a day of the month
    if match["unit"] in ("年", "小时") or (match["unit"] == "月" and not match["ge"]):
        return None
    return _after(match, today)


@reads(
    rf"(?:(?<=[在于，,。；;\s])|^)(?P<day>\d{{1,2}}|[一二三四五六七八九]?十[一二三四五六七八九]?)日(?:早上|"
    rf"上午|中午|下午|晚上)?(?={HANDED_OVER})"
)
def bare_day_of_month(match: re.Match[str], today: date) -> date | None:
    """15日送到."""
    return _next_day_numbered(_number(match["day"]), today)


def _after(match: re.Match[str], today: date) -> date | None:
    number = number_value(match["n2"] or match["n"])
    if number is None:
        return None
    unit = match["unit"]
    if unit == "月" and not match["ge"]:
        return None
    half = 0.5 if match["half"] or match["tail"] else 0.0
    amount = float(number) + half
    if unit in ("天", "日", "自然日"):
        length = amount
    elif unit == "工作日":
        return days.working_days_later(today, int(amount)) if amount <= 400 else None
    elif unit == "小时":
        length = amount // 24
    elif unit in ("周", "星期", "礼拜"):
        length = amount * 7
    else:
        months = amount * {"月": 1, "季度": 3, "年": 12}[unit]
        if months > LONGEST_DURATION / 30:
            return None
        rest = 15 if months % 1 else 0
        return days.months_later(today, int(months)) + timedelta(days=rest)
    return today + timedelta(days=int(length)) if length <= LONGEST_DURATION else None


FEAST_NAMES = "|".join(sorted(days.FEASTS, key=len, reverse=True))
FEAST = (
    rf"(?<![\d二三四五六七八九第])(?P<year>明年|今年|20\d\d年)?(?P<feast>{FEAST_NAMES})(?:佳节|节日|节|长假|"
    rf"假期|小长假)?"
)


@reads(rf"{FEAST}(?:放假|来临|到来|开始|停产|活动|当日)?(?:之前|以前|前夕|前)")
def before_feast(match: re.Match[str], today: date) -> date | None:
    """春节前: the day before the feast."""
    day = _feast_day(match, today)
    return day - timedelta(days=1) if day else None


@reads(rf"{FEAST}(?:放假)?(?:之前|以前|前){DURATION}(?![内以之])")
def well_before_feast(match: re.Match[str], today: date) -> date | None:
    """春节前一周: seven days before the feast."""
    feast, ahead = _feast_day(match, today), _after(match, today)
    return feast - (ahead - today) if feast and ahead and match["unit"] != "工作日" else None


@reads(rf"{FEAST}(?:放假)?(?:之后|以后|过后|后)的?{DURATION}{WITHIN}?")
def after_feast(match: re.Match[str], today: date) -> date | None:
    """春节后一周内: seven days after the feast; 春节后 alone says when it begins and no deadline."""
    feast = _feast_day(match, today)
    return _after(match, feast) if feast else None


@reads(rf"{FEAST}(?:当天|当日|期间)?(?=要用|要货|用|到货|送到|要送|送货|完工|交货|停产|期间完工)")
def on_feast(match: re.Match[str], today: date) -> date | None:
    """元旦要用: there the day before."""
    day = _feast_day(match, today)
    return day - timedelta(days=1) if day else None


@reads(r"(?<![\d一二三四五六七八九十百几每多近隔当去前往])年前(?!的|后)")
def before_new_year(match: re.Match[str], today: date) -> date | None:
    """年前: before the Spring Festival."""
    day = days.feast_after("春节", today)
    return day - timedelta(days=1) if day else None


def _feast_day(match: re.Match[str], today: date) -> date | None:
    year = _year_of(match["year"], today)
    if year:
        return days.feast_in(match["feast"], year)
    return days.feast_after(match["feast"], today)
