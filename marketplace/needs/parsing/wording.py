"""Words around the thing itself: who asks, how urgently, by which verb, in which shape; never part of an item."""

import re

from marketplace.core.patterns import lazy_pattern

STRONG_VERB = (
    r"(?:拟采购|拟购买|拟购|计划采购|计划购买|准备采购|准备购买|打算采购|招标采购|公开采购|现需采购|需要采购|"
    r"需采购|要采购|想采购|急需采购|采购(?!平台|系统|管理|部|中心|公告|站|人|员|商|经理|公示|清单|需求|合同|"
    r"流程|方|代理)|"
    r"需要(?!量)|急需|急求|急购|急要|急用|求购|求租|(?<![要需追请])求(?!职|助)|缺(?!口|陷|氧|铁|货|点|乏)|"
    r"想要|想买|想找|想购买|想订|想定|想做|想租|想请|购买|购进|购入|采买|选购|订购|订做|订制|要买|要购|要订|"
    r"要找|要租|"
    r"要做|要印|要定|需购|需要购买|需求|收购(?!凭证)|招募|寻找|寻求|诚求|征集|询价|补货|备货|添置|增购|配备|"
    r"更换(?!件)|换购|再买|再要|再订|另购|另需|另要|"
    r"帮忙找|帮我找|麻烦找|有没有|谁家有|谁有|哪家有|哪里有|哪家能|谁能|谁家能|哪家做|谁家做|哪有|"
    r"looking for|need|want|buy|purchase)"
)
WEAK_VERB = (
    r"(?:需(?!求|量)|要(?!求|素|件|点)|请人来?|叫人来?|找人来?|找人做|找人|找家|找个|找|寻|订(?!书|单|制)|"
    r"定(?!制|时|位|向|性|量|型|氮)|买(?!卖|断)|购(?!物|置税)|收(?!纳|银|割|音|集|据|缩|发)|租(?!赁|借|用|"
    r"金)|招(?!牌|待|标|生|聘|商|募|工)|"
    r"做(?!旧)|印(?!刷|花|章|泥|油|台|章|染|度|制|字|机|版)|弄|来(?!料|样|自)|整(?!理|形|体|改|箱|流)|"
    r"上(?!料|海|门|衣|光)|用(?!品|具|纸)|加工(?=[\u4e00-\u9fff]{2,}(?<!服务))|换(?!热|气)|请(?!柬|帖))"
)
SUBJECT = (
    r"(?:我们?(?:公司|厂|院|校|单位|店|园区|学校|医院|这边|这里)?|本(?:公司|单位|厂|院|校|店|园)|公司|单位|"
    r"学校|医院|食堂|[\u4e00-\u9fff]{0,6}(?:食堂|车间|门店|酒店|厨房|厂里|厂|药房|药店|"
    r"实验室|科室|检验科|康复科|办公室|校医室|医务室|研究院|研究所|卫生院|诊所|中医馆|后勤|后勤处|后勤部|"
    r"项目部|宿舍|幼儿园|中学|小学|学院|大学|超市|工地|仓库|店里|店|客户|基地|"
    r"合作社|科|处|部|中心|公司|集团|局|园区|工厂|线)|老板|客户)"
)
OPENING = (
    r"(?:您好|你好|大家好|各位(?:老板)?|老板们?|请问|麻烦|(?:想|要)?(?:问|打听|咨询|了解)(?:一下|下)|问问|打听|求助|急{1,3}(?!救|诊|冻)|紧急|加急|在线等|现货求购|"
    r"现在?(?!货|代|场|金|浇)|近期|目前|最近|长期|大量|批量|计划|准备|打算|拟|"
    r"今年|明年|年底|本周|下周|下月|本月|新学期|可以|能不能|能否|帮忙|帮我|帮|想|还|也|都|再|另外?|同时|以及|"
    r"外加|加上|加|并|和|及|与|跟|[:、,，/.;\-\s\0]|\d{1,2}(?:[、)]|\.(?!\d))|[①-⑳]|"
    r"(?i:(?:we(?: are|'re)? |i(?: am|'m)? )?(?:looking for|searching for|in need of|seeking)\s)|"
    r"一批|一些|若干|部分|少量|(?:[一二两三几]?(?:家|个))?(?:厂家|工厂|公司|单位|供应商|师傅)(?:来|能|会|"
    r"帮忙)?(?:做|(?=代工|代加工|生产|加工|定做))|[一二两三几](?:家|个)(?:能|会)?做|(?:含|"
    r"配套)(?=[\u4e00-\u9fff]{3})|大概|大约|约|共计?|总共|合计|一共|各|每天|每日|每月|每周|每年|每批|每季度?|"
    r"日均|月均|年需|月需|日需|年产|月产|日产|首批|先|其中|包括|包含|有(?!机|色|源|限|线|氧)|是|为|的|了|把|"
    r"将|给|"
    r"产品|品名|名称|货品|货名|物料|物品|内容|项目名称|采购内容|采购项目|标题|数量|需求量|用量|规格|型号|"
    r"本次|此次|这次|这批|由于|因为|因|为了)"
)
CLOSING = (
    r"(?:现货(?:供应)?|干货|急用|急需|急|等|大约|大概|约|共计?|总共|合计|一共|共需|各|每天|每日|每月|每周|"
    r"每年|每批|每季度|每个月|日均|月均|日供|月供|数量|需求量|用量约?|总量|总数|"
    r"年用量|月用量|用量|差不多|至少|不少于|不低于|最少|最多|若干|需要|需|要|采购|一批|一些|左右|上下|的|了|"
    r"有没有|吗|呢|吧|啊|谢谢|有吗|么|谁有|哪家有|哪里有|多少钱|怎么卖|求报价|请报价|报价|询价|"
    r"(?:要|想|先|再)(?:订购?|来|下单)|(?<![未原进出往外])来|"
    r"[:、,，/.;\-\s\0和及与跟(]|首批|先要|先|另外|另|还有|以及|备货|补货|求购|共|的?(?:供应商|生产厂家|厂家|"
    r"商家|厂商)|分别|分别为|是|为|在|约为|近|超|将近|接近|大概是|不超过|每|从|于|由|(?<![配运寄发赠接])送)"
)
GOODS_ENDING_IN_STRIPPED = ("百货", "订货", "进货", "年货", "日用百货", "干货")
STOP_ITEMS = lazy_pattern(
    r"^(?:首单|首批|头批|样品|样|寄样|先寄|首批|第一批|试样|小样|样衣|每.|误差|厚度|容量|承重|温度|湿度|水分|"
    r"含量|规格|尺寸|型号|数量|单价|价格|预算|总价|品种|颜色|"
    r"地址|电话|交期|工期|质保|保修|要求|质量|包装|运费|发票|税票|开票|票据|付款|月结|现结|账期|内|以内|以上|"
    r"以下|左右|之前|附|附带|随货|随货带|带|含|包|"
    r"送货|送货上门|送|到|到货|交货|发货|上午|下午|早上|晚上|可|可以|能|需|要|不|也|都|有|最好|优先|必须|"
    r"谢谢|急|急用|尽快|长期合作|长期|现货|现货优先|质量好|"
    r"分|再|另|起订|起|安装|培训|调试|上门|上门安装|包安装|装|箱规|内装|每箱|每盒|材质|等级|产地|品牌|用途|"
    r"用于|联系人|面议|价格面议|价格商量|可开票|含税|不含税|自提|"
    r"双送检|独立包装|签|合同|试用|月交|日供|年用|一次|一次性|一起|一共|全部|总共|其他|其余|还有|大概|大约|"
    r"合计|共|共计|以及|和|与|及|我|我们|单位|公司|个|只|件|货|货物|东西|码|号|起.{0,2}|(?:能|要能|可|"
    r"够)(?:提|装|放|承|坐|容|装下|承重)?)$"
)
SERVICE_VERB = lazy_pattern(
    r"(?:检测|检验|化验|抽检|送检|运输|配送|清运|清洗|清理|清洁|维修|维保|维护|保养|印刷|印制|代加工|加工|"
    r"代工|代煎|代配|安装|回收|处置|处理|收集|转运|租赁|租用|出租|培训|"
    r"设计|制作|定制|搬运|搬迁|装卸|校准|检定|灭菌|消毒|消杀|粉碎|提取|干燥|烘干|包装|分装|灌装|仓储|存放|"
    r"存储|施工|改造|拆除|托管|代办|翻译|审计|评估|拍摄|验证|喷涂|焊接|切割|打印|复印|采样|贴标)"
)


NEEDING = (
    r"(?:(?<=[\u4e00-\u9fff])(?<![主重必摘纪不概简紧需])要(?![求素件点害领闻道])|"
    r"(?<=[\u4e00-\u9fff])(?<![供必急所特按内无军])需(?![求要方量]))"
)
"""A plain 要 or 需 after whoever asks: 酒店汤池要足浴包."""

WHO_OFFERS = (
    r"^(?:[一二两三几]?(?:家|个))[\u4e00-\u9fff]{0,4}(?:公司|机构|厂家|工厂|团队|单位|供应商)(?=[\u4e00-\u9fff])"
)
"""一家检测公司: who is looked for rather than what."""

AFTER_VERB = (
    r"^(?:(?:一|几|两)?(?:家|个|位|名)?(?:厂家|工厂|供应商|商家|师傅|老师|团队|单位|公司|厂|人)?(?:来|能|会|"
    r"可以)?(?:帮忙|帮)?(?:做|定做|定制|代工)(?=[\u4e00-\u9fffA-Za-z]{2})"
    r"|(?:家|个|位)?(?:厂家|师傅|人)(?=[\u4e00-\u9fff]{2}))"
)


def strip_opening(text: str) -> str:
    """`text` without what stands before the thing: 我们公司急需采购一批 …"""
    text = _after_strong_verb(text)
    while True:
        shorter = re.sub(WHO_OFFERS, "", re.sub(rf"^(?:{OPENING})+", "", text))
        with_subject = re.sub(rf"^(?:{SUBJECT})?(?:{OPENING})*(?:{WEAK_VERB})(?=[\w\d])", "", shorter)
        if len(with_subject) >= 1 and with_subject != shorter:
            shorter = with_subject
        if shorter == text or not shorter:
            return shorter if shorter else text if not re.fullmatch(rf"(?:{OPENING})+", text) else ""
        text = shorter


ONLY_BUYING = lazy_pattern(r"订购?|订货|来|下单|买|购买|进货?|补货?")
"""What stands between 手套要 and its amount names no thing."""


def _after_strong_verb(text: str) -> str:
    verbs = [*re.finditer(STRONG_VERB, text), *re.finditer(NEEDING, text)]
    verbs.sort(key=lambda verb: verb.start())
    for verb in reversed(verbs):
        rest = text[verb.end() :]
        left = re.sub(rf"(?:{OPENING})+", "", rest).strip()
        if (left and not ONLY_BUYING.fullmatch(left)) or verb.start() == 0:
            return re.sub(AFTER_VERB, "", rest)
    return text


def strip_closing(text: str) -> str:
    """`text` without what stands between the thing and its quantity: … 现货大约"""
    while True:
        if text.endswith(GOODS_ENDING_IN_STRIPPED) and not (text.endswith("干货") and len(text) > 3):
            return text
        shorter = re.sub(rf"(?:{CLOSING})$", "", text)
        if shorter == text or not shorter:
            return text if not re.fullmatch(rf"(?:{CLOSING})+", text) else ""
        text = shorter


def is_only_who_asks(item: str) -> bool:
    """True for words that name who asks rather than a thing: 食堂, 饮片车间."""
    return re.fullmatch(SUBJECT, item) is not None


def clean_item(text: str) -> str:
    """The thing itself, out of the words in which it stands; empty when there is none."""
    text = re.sub(r"[(\[（【][^)\]）】]*[)\]）】]", " ", text.replace("\0", " "))
    text = re.sub(r"[()\[\]（）【】「」“”\"'《》<>]", " ", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = strip_closing(strip_opening(text).strip()).strip()
    text = re.sub(r"^(?:的|个|种|款|类)(?=[\u4e00-\u9fff]{2})", "", text)
    return "" if STOP_ITEMS.match(text) or not re.search(r"[\u4e00-\u9fffA-Za-z]", text) else text
