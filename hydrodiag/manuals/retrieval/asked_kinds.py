"""What kind of answer a question wants, and which words a passage that gives one must hold.

"Which torque" is not answered where no torque stands, however well the rest fits: a passage on the
same bolt otherwise passes for an answer. The kinds are those of maintenance questions; each is
known by its question words and by the units, codes or words that an answer of it cannot do without.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from hydrodiag.manuals.retrieval.tokens import CODE_MARK, tokenize


@dataclass(frozen=True)
class AnswerKind:
    """`words` are one or more texts of which an answer holds one; `is_code`: or a part number."""

    name: str
    asked: re.Pattern[str]
    words: str
    is_code: bool = False


def _kind(name: str, asked: str, words: str, *, is_code: bool = False) -> AnswerKind:
    return AnswerKind(name, re.compile(asked, re.IGNORECASE), words, is_code)


KINDS = (
    _kind("price", r"\b(price|cost)s?\b|сколько сто[ия]т|\bцен[аыуе]\b|стоимост",
          "price cost euro eur usd rub руб рубль цена стоимость"),
    _kind("contact", r"\b(phone|telephone|e-?mail|contact person|service contact)\b"
          r"|телефон|адрес|\bпочт[аы]\b", "phone telephone tel email fax телефон тел факс почта"),
    _kind("colour", r"\bwh(?:at|ich) colou?r\b|како(?:й|го) цвета?",
          "colour color red green blue yellow white black grey orange ral цвет красный зелёный "
          "синий жёлтый белый чёрный серый оранжевый"),
    _kind("part number", r"\bpart n(?:umber|o)\b|\border n(?:umber|o)\b|\bp/?n\b|\bkit number\b"
          r"|артикул|номер\w* (?:детали|запчасти|ремкомплект\w*)|каталожн\w+ номер", "",
          is_code=True),
    _kind("torque", r"\btorques?\b|момент\w* затяжк", "Nm Н·м"),
    _kind("pressure", r"\b(?:what|which) (?:\w+ )?(?:pre-?charge )?pressure\b"
          r"|как(?:ое|ого) (?:\w+ )?давлени", "bar MPa kPa psi"),
    _kind("temperature", r"\b(?:what|which) (?:\w+ )?temperature\b"
          r"|как(?:ой|ая) (?:\w+ )?температур", "°C"),
    _kind("weight", r"\bweighs?\b|\bweight\b|\bmass of\b|\bмасс[аыу]\b|\bвесит\b|\bвес\b",
          "kg tonne tonnes т тонн тонна"),
    _kind("time", r"\bhow (?:often|long)\b|\bhow many (?:years|months|days|hours|minutes)\b"
          r"|\bwarranty\b|как (?:часто|долго)|сколько (?:лет|часов|моточасов|месяцев|времени)|"
          r"гаранти",
          "hour minute second day daily week weekly month monthly year annual annually shift "
          "час минута секунда день сутки неделя месяц ежемесячно год лет смена моточас"),
    _kind("noise", r"\bnoise level\b|уровень (?:шума|звука)", "dB дБ"),
)  # fmt: skip


def find_kinds(question: str) -> tuple[AnswerKind, ...]:
    return tuple(kind for kind in KINDS if kind.asked.search(question))


def is_given(kind: AnswerKind, held: Collection[str]) -> bool:
    """Whether a passage with these terms holds what an answer of the kind cannot do without."""
    if not _words_of(kind).isdisjoint(held):
        return True
    return kind.is_code and any(_is_part_number(term) for term in held)


@cache
def _words_of(kind: AnswerKind) -> frozenset[str]:
    return frozenset(tokenize(kind.words))


def _is_part_number(term: str) -> bool:
    return term.startswith(CODE_MARK) and sum(letter.isdigit() for letter in term) >= 2
