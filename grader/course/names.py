"""A full name, split into family name and given name.

Nobody can do this for every name. What is split wrongly is joined again wherever we write or
compare a full name, so a mistake here shows only where the family name stands alone.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["split_name"]

PARTICLES = frozenset(
    "af al av bin binti da dal de degli dei del della delle den der di do dos du el ibn la le lo "
    "los las ten ter van vom von zu zum zur ’t 't".split()
)
BEGIN_FAMILY = frozenset("Van Von De Del Della Di Dos Bin Ibn Al El".split())
SUFFIXES = frozenset("jr jr. sr sr. ii iii iv".split())
# Family names of two characters, which one of one character could be mistaken for.
COMPOUND = frozenset(
    "欧阳 歐陽 太史 端木 上官 司马 司馬 东方 東方 独孤 獨孤 南宫 南宮 万俟 闻人 聞人 "
    "夏侯 诸葛 諸葛 尉迟 尉遲 公羊 赫连 赫連 澹台 皇甫 宗政 濮阳 濮陽 公冶 太叔 申屠 "
    "公孙 公孫 慕容 仲孙 仲孫 钟离 鍾離 长孙 長孫 宇文 司徒 鲜于 鮮于 司空 闾丘 子车 "
    "亓官 司寇 巫马 巫馬 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 "
    "段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 西門 南荣 第五 남궁 황보 "
    "제갈 선우 독고 사공 서문".split()
)
HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇"
CHINESE = re.compile(rf"[{HAN}]{{2,4}}")
KOREAN = re.compile(r"[\uac00-\ud7a3]{2,5}")
EAST_ASIAN = re.compile(rf"[{HAN}\u3040-\u30ff\uac00-\ud7a3]")


def split_name(name: str) -> tuple[str, str]:
    """Split a full name.

    Args:
        name: `Given Family`, `Family, Given`, `FAMILY Given`, or as Chinese, Japanese and Korean
            names are written.

    Returns:
        The given name and the family name; if it cannot be told, all of it is the family name.
    """
    name = " ".join(unicodedata.normalize("NFC", name).replace("，", ",").split())
    if "," in name:
        family, _, given = name.partition(",")
        return given.strip(), family.strip()
    if EAST_ASIAN.match(name):
        return _split_east_asian(name)
    words = name.split(" ")
    if len(words) < 2:
        return "", name
    place = _place_of_family(words)
    if place == 0:  # FAMILY Given
        first_given = next(i for i, word in enumerate(words) if not _is_shouted(word))
        return " ".join(words[first_given:]), " ".join(words[:first_given])
    return " ".join(words[:place]), " ".join(words[place:])


def _split_east_asian(name: str) -> tuple[str, str]:
    if " " in name:
        family, _, given = name.partition(" ")
        return given, family
    if not (CHINESE.fullmatch(name) or KOREAN.fullmatch(name)):
        return "", name
    length = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return name[length:], name[:length]


def _place_of_family(words: list[str]) -> int:
    """Where the family name begins; 0 if it stands first."""
    shouted = [_is_shouted(word) for word in words]
    if any(shouted) and not all(shouted):
        return shouted.index(True)
    last = len(words) - 1
    if words[last].casefold() in SUFFIXES and last > 1:
        last -= 1
    for place in range(1, last):
        if words[place] == "y" and place > 1:  # José Ortega y Gasset
            return place - 1
        if words[place] in PARTICLES or words[place] in BEGIN_FAMILY:
            return place
    return last


def _is_shouted(word: str) -> bool:
    """Whether it is in capitals, as family names are in French and Chinese lists."""
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) > 1 and word == word.upper() and word != word.lower() and "." not in word
