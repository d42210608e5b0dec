"""Units as hydraulic engineers write them, and the way from one to another."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

import pint

from hydrodiag.errors import InvalidInput

# Units of hydraulics that pint does not know by these names. Pressures are gauge pressures.
DEFINITIONS = (
    "kgf_per_cm2 = kilogram_force / centimeter ** 2",
    "lpm = liter / minute",
    "gpm = gallon / minute",
    "imperial_gpm = imperial_gallon / minute",
)
# canonical name shown to people -> pint's expression
EXPRESSIONS = {
    "bar": "bar", "mbar": "millibar", "Pa": "pascal", "kPa": "kilopascal", "MPa": "megapascal",
    "psi": "psi", "kgf/cm²": "kgf_per_cm2", "at": "technical_atmosphere",
    "atm": "standard_atmosphere", "mmHg": "mmHg",
    "l/min": "lpm", "l/s": "liter / second", "l/h": "liter / hour", "m³/h": "meter ** 3 / hour",
    "m³/s": "meter ** 3 / second", "cm³/min": "centimeter ** 3 / minute", "gpm": "gpm",
    "imp gpm": "imperial_gpm", "l": "liter", "ml": "milliliter", "cm³": "centimeter ** 3",
    "m³": "meter ** 3", "°C": "degree_Celsius", "°F": "degree_Fahrenheit", "K": "kelvin",
    "mm/s": "millimeter / second", "m/s": "meter / second", "in/s": "inch / second",
    "mm/s²": "millimeter / second ** 2", "m/s²": "meter / second ** 2", "g": "standard_gravity",
    "mm": "millimeter", "cm": "centimeter", "m": "meter", "µm": "micrometer", "in": "inch",
    "cSt": "centistokes", "mm²/s": "millimeter ** 2 / second", "m²/s": "meter ** 2 / second",
    "%": "percent", "ppm": "ppm", "": "dimensionless", "rpm": "revolution / minute",
    "Hz": "revolution / second", "rad/s": "radian / second", "W": "watt", "kW": "kilowatt",
    "MW": "megawatt", "hp": "horsepower", "PS": "metric_horsepower", "V": "volt",
    "mV": "millivolt", "A": "ampere", "mA": "milliampere", "N": "newton", "kN": "kilonewton",
    "Nm": "newton * meter", "kNm": "kilonewton * meter", "J": "joule", "kWh": "kilowatt_hour",
    "s": "second", "ms": "millisecond", "min": "minute", "h": "hour", "kg": "kilogram",
    "t": "metric_ton", "kg/m³": "kilogram / meter ** 3", "°": "degree", "dB": "decibel",
    "pS/m": "picosiemens / meter",
}  # fmt: skip
# other spellings, compared without case, blanks and dots
SPELLINGS = {
    "bar": "bar(g) barg бар", "mbar": "мбар", "Pa": "па", "kPa": "кпа", "MPa": "мпа",
    "psi": "psig psi(g) lbf/in2 lbf/in²", "atm": "атм",
    "kgf/cm²": "kgf/cm2 kgf/cm^2 kg/cm2 kg/cm² kp/cm² kp/cm2 кгс/см2 кгс/см² кгс/см^2 кг/см2 ат",
    "l/min": "lpm l/m lit/min liter/min litre/min ltr/min lmin-1 л/мин",
    "l/s": "л/с", "l/h": "л/ч", "m³/h": "m3/h m^3/h м3/ч м³/ч", "m³/s": "m3/s м3/с м³/с",
    "cm³/min": "cm3/min ccm/min cc/min ml/min см3/мин см³/мин мл/мин",
    "gpm": "usgpm gal/min us-gpm", "imp gpm": "impgpm ukgpm", "l": "liter litre л", "ml": "мл",
    "cm³": "cm3 ccm cc см3", "m³": "m3 м3 м³",
    "°C": "c degc deg_c celsius ℃ ºc ˚c °с ºс ˚с град_с градс",
    "°F": "f degf deg_f fahrenheit ℉ ºf", "K": "kelvin к",
    "mm/s": "mm/sec мм/с", "m/s": "м/с", "in/s": "ips in/sec",
    "mm/s²": "mm/s2 mm/s^2 мм/с2 мм/с²", "m/s²": "m/s2 m/s^2 м/с2 м/с²",
    "mm": "мм", "cm": "см", "m": "м", "µm": "um мкм micron", "in": "inch",
    "cSt": "сст", "mm²/s": "mm2/s mm^2/s мм2/с мм²/с", "%": "percent pct проц",
    "ppm": "млн-1", "rpm": "1/min min-1 min^-1 r/min u/min об/мин",
    "Hz": "1/s s-1 гц", "rad/s": "рад/с", "W": "вт", "kW": "квт", "V": "в volt", "mV": "мв",
    "A": "а amp", "mA": "ма", "N": "н", "kN": "кн", "Nm": "n·m n*m нм н·м н*м", "kNm": "кнм",
    "kWh": "квтч квт·ч", "s": "sec сек", "ms": "мс", "min": "мин", "h": "ч hr", "kg": "кг",
    "": "- 1 [-] none", "°": "deg град", "dB": "дб",
}  # fmt: skip


def find_unit(text: str) -> str | None:
    """The unit that people mean by `text`, under its one name here; None: not known."""
    plain = _plain(text)
    return _exact().get(plain) or _folded().get(plain.casefold())


def require_unit(text: str) -> str:
    unit = find_unit(text)
    if unit is None:
        raise InvalidInput(
            f"{text!r} is no unit that HydroDiag knows.",
            hint="Use one like bar, MPa, psi, l/min, gpm, °C, mm/s, cSt, %, ppm.",
        )
    return unit


@lru_cache(maxsize=4096)
def conversion(source: str, target: str) -> tuple[float, float]:
    """(factor, offset) with value_in_target = value * factor + offset.

    Raises InvalidInput for unknown units and for units of different quantities.
    """
    if source.strip() == target.strip():
        return 1.0, 0.0
    wanted, given = require_unit(target), require_unit(source)
    if wanted == given:
        return 1.0, 0.0
    try:
        zero, one, million = (_convert(value, given, wanted) for value in (0.0, 1.0, 1e6))
    except pint.DimensionalityError:
        raise InvalidInput(
            f"{given} cannot be converted to {wanted}.",
            hint="Give the unit the values are really in, or choose another sensor.",
        ) from None
    # With an offset, the difference of small numbers would lose digits of the factor.
    return (one, 0.0) if zero == 0 else ((million - zero) / 1e6, zero)


@lru_cache(maxsize=1024)
def base_form(unit: str) -> tuple[float, float, Mapping[str, int]]:
    """(factor, offset, exponents): value * factor + offset is in SI base units and radians.

    `unit` is a name of EXPRESSIONS; radians count as a base unit: rpm has {radian: 1, second: -1}.
    """
    quantity = _registry().Quantity
    zero, one = (quantity(value, EXPRESSIONS[unit]).to_base_units() for value in (0.0, 1.0))
    exponents = {str(name): round(float(str(power))) for name, power in one.unit_items()}
    offset = float(zero.magnitude)
    return float(one.magnitude) - offset, offset, MappingProxyType(exponents)


def _convert(value: float, given: str, wanted: str) -> float:
    registry = _registry()
    quantity = registry.Quantity(value, EXPRESSIONS[given])
    return float(quantity.to(EXPRESSIONS[wanted]).magnitude)


@cache
def _registry() -> "pint.UnitRegistry[float]":
    registry: pint.UnitRegistry[float] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    for definition in DEFINITIONS:
        registry.define(definition)
    return registry


def _plain(text: str) -> str:
    normal = unicodedata.normalize("NFC", text.strip()).replace("\u00b5", "µ").replace("μ", "µ")
    return re.sub(r"[\s.\u00a0]", "", normal)


@cache
def _exact() -> dict[str, str]:
    return {_plain(name): name for name in EXPRESSIONS if name}


@cache
def _folded() -> dict[str, str]:
    """Spellings without case; those that mean two units (mPa, MPa) only count when exact."""
    folded: dict[str, str] = {}
    for name in EXPRESSIONS:
        folded.setdefault(_plain(name).casefold(), name)
    for name, others in SPELLINGS.items():
        folded.update({_plain(other).casefold(): name for other in others.split()})
    folded.pop("", None)
    return folded
