"""What is to be carried somewhere: 运3吨药材到重庆 asks for transport, not for herbs."""

from dataclasses import dataclass

from marketplace.core.patterns import lazy_pattern

SERVICES = {"搬": "搬运", "搬运": "搬运", "送": "配送", "配送": "配送", "寄": "快递"}
"""What the verb asks for; every other one asks for transport."""
TRANSPORT = "运输"
VERB = r"(?P<verb>托运|发运|运送|转运|搬运|配送|运输|运|拉|送|寄|搬)(?:走|一下|点)?"
TO = r"(?:到|至|去|往|进|回)(?=[\0\u4e00-\u9fff])"
FROM = r"(?:从|由|自)[^\x02，]{1,14}?"
HELP = (
    r"(?:[\s\0、:]|请人?|麻烦|帮忙|帮我们?|帮|我们?|公司|需要?|急需?|急|想|要|找人|找|叫|派|安排|租|用|有没有|谁|有|能|可以|"
    r"可|把|将|一?[辆台个]|冷链|冷藏|货|专|拼|顺路|车队|车|物流|师傅|每[天日周月]|临时|这批|一批)*"
)
CAR = r"(?:找|叫|派|请|要|租|用|安排)(?:一?[辆台个])?[^\x02，]{0,4}车[^\x02，]{0,4}?"
THING = r"[^\x02\0，到至去往从由把将]{0,16}?"
CARRIED = (
    lazy_pattern(rf"^{HELP}{VERB}(?P<before>{THING})\x02+(?P<after>{THING}){TO}"),
    lazy_pattern(rf"^{HELP}{FROM}(?P<verb>发|运|拉|送|寄)(?P<before>{THING})\x02+(?P<after>{THING}){TO}"),
    lazy_pattern(rf"^[\s\0]*\x02+(?P<after>{THING})(?P<verb>托运|转运|运|拉|搬){TO}"),
    lazy_pattern(rf"^{HELP}\x02+(?:货|专|冷藏|冷链)?车(?P<verb>运|拉|送|搬)(?P<after>{THING})(?:{TO}|$)"),
    lazy_pattern(rf"^{HELP}\x02+(?P<after>{THING}){FROM}{VERB}{TO}"),
    lazy_pattern(rf"^{CAR}\x02+(?P<after>{THING})(?:{FROM})?{VERB}{TO}"),
    lazy_pattern(rf"^(?:{CAR})?(?P<before>{THING})\x02+{FROM}{VERB}{TO}"),
)
"""运3吨药材到重庆, 运药材3吨到重庆; 从敖平发3吨药材到重庆; 3吨药材运到重庆; 2辆车运药材; 3吨药材从敖平运到重庆;
找车把3吨药材拉到重庆; 药材3吨从敖平运到重庆. Without these signs 药材3吨送到重庆 is a purchase that is delivered."""
BROUGHT = lazy_pattern(r"(?:饭|餐|菜|奶|水|水果|早点|点心|蛋糕|面包|鲜花|外卖)$")
"""送500份盒饭到工地 asks for the meals."""


@dataclass(frozen=True)
class Carried:
    """The place of the thing in the clause, and the service that is asked for."""

    start: int
    end: int
    service: str


def find_carried(clause: str, start: int, end: int) -> Carried | None:
    """What the clause wants carried, when its amount stands from `start` to `end`; None when it wants the thing."""
    marked = clause[:start] + "\x02" * (end - start) + clause[end:]
    for pattern in CARRIED:
        match = pattern.match(marked)
        if match is None:
            continue
        verb, parts = match["verb"], match.groupdict()
        told = [name for name in ("before", "after") if (parts.get(name) or "").strip(" 的")]
        if len(told) != 1 or (verb in ("送", "配送") and BROUGHT.search(match[told[0]])):
            return None
        return Carried(*match.span(told[0]), SERVICES.get(verb, TRANSPORT))
    return None
