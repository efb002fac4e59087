"""Random personal names as they occur in Hebei: no list of people stands behind them."""

from random import Random
from typing import Literal

Special = Literal["compound", "rare", "dotted"]

_COMMON = (
    "王李张刘陈杨赵孙周吴徐马朱胡郭何高林郑梁谢宋唐许韩冯邓曹彭曾田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃"
    "武戴莫孔向汤牛邢齐郎谷卜苑"
)
_FREQUENT = "王李张刘赵陈杨孙郭马高"
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫", "东方", "令狐", "慕容")
_MALE = (
    "国志建伟海军永学明文宝立春玉长德庆振金云东占景福树俊凯鹏强磊刚勇斌涛超波辉杰浩宁松林峰亮成新华利民义良才书恒泽栋森"
)
_FEMALE = "丽秀红桂玉春艳淑晓雪敏静洁娜婷莉霞燕芳兰英梅琴慧佳颖雅文欣怡楠莹萍彩云凤娟晶瑞宁爱洪立"
_SINGLE_MALE = "伟强磊军勇涛超杰鹏浩亮刚毅锋凯旭晨宁斌松博岩峰"
_SINGLE_FEMALE = "静丽敏娜洁燕艳霞婷颖莹雪芳倩蕾琳晶楠宁"
_RARE = "喆垚淼昇燊翀赟彧堃旻珺祎"
_DOTTED_FIRST = ("艾力", "买买提", "阿不都", "巴合提", "叶尔兰", "古丽", "阿依", "热娜")
_DOTTED_LAST = ("热合曼", "艾山", "吐尔逊", "卡德尔", "木拉提", "别克")
_FEMALE_DOTTED = ("古丽", "阿依", "热娜")
_SINGLE_SHARE = 0.14


def random_name(rng: Random, *, male: bool, special: Special | None = None) -> str:
    """A name; `special` asks for a compound surname, a rare character, or a transliterated name with ·."""
    if special == "dotted":
        firsts = [first for first in _DOTTED_FIRST if (first in _FEMALE_DOTTED) != male]
        return f"{rng.choice(firsts)}·{rng.choice(_DOTTED_LAST)}"
    given = _given(rng, male=male)
    if special == "rare":
        given = given[:-1] + rng.choice(_RARE)
    if special == "compound":
        return rng.choice(_COMPOUND) + given
    return rng.choice(_FREQUENT if rng.random() < 0.45 else _COMMON) + given


def _given(rng: Random, *, male: bool) -> str:
    if rng.random() < _SINGLE_SHARE:
        return rng.choice(_SINGLE_MALE if male else _SINGLE_FEMALE)
    return "".join(rng.sample(_MALE if male else _FEMALE, 2))
