"""When it must be there: the days that a text names, told apart from other terms.

Of two days the first said is the deadline.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from marketplace.core.numerals import FORMAL
from marketplace.core.patterns import lazy_pattern
from marketplace.needs.parsing import days_in_english  # noqa: F401 - registers its spellings
from marketplace.needs.parsing.spellings_of_days import READERS

NO_DEADLINE_BEFORE = (
    r"(?:质保期?|保修期?|保质期?|有效期?|账期|付款期?|回款期?|租期|租赁期|起租|试用期?|响应时?间?|停产窗口|"
    r"停产|停电|堆积超过|合同期?|合同|签|租|"
    r"服务期限?|期限|服务期|承包期|试用|打样不超过|打样|保存期?|货架期|免费期?|延保|预计|加速试验|培训|学制|每隔?|隔|"
    r"生产日期|出厂日期|成立于|试|连续|存放|质保金|结算|月结|超过|不少于|大于|住|培养|留样)"
)
NO_DEADLINE_AFTER = (
    r"(?:下单|付款|打款|结款|结算|账期|签约|开会|质保|保修|响应|到场|上门维修|有效|保质|以上|一次|一结|一换|"
    r"下午下单|上午下单|租期|试用|工期延|加速|版|年产|产的|新货|陈货|的货款)"
)
TIME_OF_DAY = lazy_pattern(
    r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|早|晚)?"
    r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3})(?::\d{2}|点(?:半|一刻|三刻|钟|\d{1,2}分?|"
    r"[一二三四五]?十[一二三四五六七八九]?分)?(?![\d一二三四五六七八九零]))"
    r"(?:(?:-|~|到|至)(?:\d{1,2}|[一二三四五六七八九十两]{1,3})(?::\d{2}|点(?:半|钟)?))?"
)

AFTER_A_STEP = lazy_pattern(
    r"(?:合同|订单|协议|中标通知书?)(?:签订|签署|签定|生效|下达|确认|发出)?(?:之?后|之日起|起)(?:的)?$|(?:签订|签署|签约|中标)(?:之?后|之日起)(?:的)?$"
)
"""合同签订后15个工作日内 is a lead time: no day before the contract."""


@dataclass(frozen=True)
class DayMention:
    """Characters `start` to `end` name `day`."""

    start: int
    end: int
    day: date


def find_days(text: str, today: date) -> list[DayMention]:
    """Every day that the folded `text` names as a time for something to happen, left to right."""
    text = text.translate(FORMAL)
    found = sorted(_candidates(text, today), key=lambda mention: (mention.start, -mention.end))
    kept: list[DayMention] = []
    taken_to = -1
    for mention in found:
        if mention.start < taken_to:
            continue
        taken_to = mention.end
        if not _is_other_time(text, mention):
            kept.append(mention)
    return kept


def _candidates(text: str, today: date) -> Iterator[DayMention]:
    for pattern, reader in READERS:
        for match in pattern.finditer(text):
            try:
                day = reader(match, today)
            except (ValueError, OverflowError):
                day = None
            if day is not None:
                said = match.group()
                yield DayMention(match.end() - len(said.lstrip()), match.end(), day)


def _is_other_time(text: str, mention: DayMention) -> bool:
    """True for terms that are about something else than delivery: warranty, payment, when the order is placed."""
    before, after = text[max(0, mention.start - 8) : mention.start], text[mention.end : mention.end + 6]
    if AFTER_A_STEP.search(before):
        return True
    if re.search(NO_DEADLINE_BEFORE + r"(?:为|是|:|不超过|不低于|至少|约|要|到|至|在|了)?$", before):
        return True
    return re.match(r"[,，]?(?:的)?" + NO_DEADLINE_AFTER, after) is not None
