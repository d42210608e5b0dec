"""Units of measurement under one name, however they are written and in which alphabet."""

import re

_SPELLINGS = {
    "bar": "bar бар",
    "mpa": "mpa мпа",
    "kpa": "kpa кпа",
    "psi": "psi",
    "nm": "nm нм",
    "lpm": "l/min л/мин lpm",
    "rpm": "rpm об/мин 1/min min-1 мин-1",
    "kn": "kn кн",
    "kw": "kw квт",
    "mm/s": "mm/s мм/с",
    "m/s": "m/s м/с",
    "mm2/s": "mm2/s мм2/с cst сст",
    "cm3": "cm3 см3 cc ccm",
    "cm3/rev": "cm3/rev см3/об",
    "kg": "kg кг",
    "mm": "mm мм",
    "um": "um µm μm мкм",
    "hz": "hz гц",
    "degc": "°c °с",
    "db": "db дб дба db(a)",
    "ma": "ma ма",
    "percent": "percent процент процента процентов %",
    "litre": "litre litres liter liters литр литра литров",
    "hour": "hour hours час часа часов моточасов моточасы",
    "minute": "minute minutes минута минуты минут минуту",
}
UNITS = {spelling: unit for unit, all_of in _SPELLINGS.items() for spelling in all_of.split()}


def _pattern(spelling: str) -> str:
    if spelling in {"nm", "нм"}:
        return rf"{spelling[0]}\s?[·⋅*∙.]?\s?{spelling[1]}"
    return re.escape(spelling)


UNIT_PATTERN = f"(?:{'|'.join(_pattern(each) for each in sorted(UNITS, key=len, reverse=True))})"
