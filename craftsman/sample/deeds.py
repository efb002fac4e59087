"""Deeds and honours put together from the words of a trade."""

from random import Random

from craftsman.sample.trades import Trade

_SHORTEST, _LONGEST = 90, 200
_OPENINGS = (
    "扎根{post}岗位{years}年，从学徒成长为班组技术带头人",
    "参加工作以来一直在生产一线从事{post}工作，{years}年如一日钻研技艺",
    "长期坚守{post}一线，{years}年间练就一手过硬本领，是单位公认的行家里手",
    "从事{post}工作{years}年，坚持把每一道工序做到极致",
)
_BREAKTHROUGHS = (
    "针对“{work}”难题，带领攻关小组反复试验{tries}余次，提出新的作业方法并在本单位推广",
    "围绕“{work}”自主设计工装，历时{months}个月攻关成功，使{gain}",
    "主动承担“{work}”攻关任务，总结形成一套可复制的操作法，推动{gain}",
)
_EXTRAS = (
    "先后完成技术革新{count}项，获国家专利{patents}件",
    "领衔的创新工作室累计培养徒弟{apprentices}人，其中{masters}人成长为技师以上",
    "编写作业指导书{books}册，被同行业多家单位采用",
    "在全省职工技能竞赛中名列前茅，并多次担任竞赛教练和裁判",
    "毫无保留传授技艺，所带班组连续{streak}年保持安全生产零事故",
    "汛期抢修中主动请战，连续奋战在现场，保障了生产及时恢复",
)
_HONOURS = (
    "全省职工职业技能大赛第{place}名（{year}年，省总工会）",
    "河北省技术能手（{year}年，省人力资源和社会保障厅）",
    "市级五一劳动奖章（{year}年，市总工会）",
    "单位首席技师（{year}年）",
    "市级技能大师工作室领办人（{year}年，市人力资源和社会保障局）",
    "优秀共产党员（{year}年，单位党委）",
)


def random_deeds(rng: Random, trade: Trade, *, post: str, years: int) -> str:
    """80 to 200 characters: a career, a breakthrough, and as much more as fits."""
    words = _numbers(rng) | {
        "post": post,
        "years": str(years),
        "work": rng.choice(trade.works),
        "gain": rng.choice(trade.gains),
    }
    sentences = [rng.choice(_OPENINGS), rng.choice(_BREAKTHROUGHS), *rng.sample(_EXTRAS, len(_EXTRAS))]
    wanted = rng.randint(_SHORTEST, _LONGEST - 50)
    text = ""
    for sentence in sentences:
        if len(text) >= wanted:
            break
        text += sentence.format(**words) + "。"
    return text


def random_honours(rng: Random, year: int) -> str:
    """None to three honours of the last ten years, separated by semicolons."""
    chosen = rng.sample(_HONOURS, rng.choice((0, 1, 1, 2, 2, 3)))
    return "；".join(
        honour.format(place=rng.choice("一二三"), year=rng.randint(year - 10, year - 1)) for honour in chosen
    )


def _numbers(rng: Random) -> dict[str, str]:
    masters = rng.randint(2, 9)
    figures = {
        "tries": rng.randrange(60, 400, 20),
        "months": rng.randint(4, 18),
        "count": rng.randint(6, 48),
        "patents": rng.randint(2, 21),
        "masters": masters,
        "apprentices": masters + rng.randint(6, 40),
        "books": rng.randint(2, 8),
        "streak": rng.randint(3, 12),
    }
    return {key: str(figure) for key, figure in figures.items()}
