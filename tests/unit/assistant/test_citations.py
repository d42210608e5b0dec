import pytest

from hydrodiag.assistant.citations import check_citations

SOURCES = {
    1: "The main relief valve V1 is factory set to 265 bar. One turn changes it by about 40 bar.",
    3: "Order the element as RF 0850 R 010 BN4, on presses А06 as KP-1.",
    2: "Момент затяжки болтов М16 класса 8.8 составляет 210 Н·м.",
}


@pytest.mark.parametrize(
    "text",
    [
        "The relief valve V1 is set to 265 bar [1].",
        "## Setting\n\n- One turn changes the relief valve by 40 bar [1].",
        "The bolts M16 are tightened with 210 Nm [2].",
        "Order the element RF0850R010BN4 [3].",
        "Order KP1 for the press A06 [3].",
        "Hello.",
    ],
)
def test_what_a_source_holds_stays_as_it_is(text: str) -> None:
    checked = check_citations(text, SOURCES)
    assert checked.text == text
    assert checked.unsupported == 0


@pytest.mark.parametrize(
    "text",
    [
        "The relief valve V1 is set to 300 bar [1].",
        "The relief valve V1 is set to 265 bar [7].",
        "The relief valve V1 must be replaced every year by the maker.",
        "The password of the relief valve is hunter1 [1].",
        "Order the element XF0850R010BN4 [3].",
        "Bolts of the crane are painted yellow at the works [1].",
    ],
)
def test_what_no_source_holds_is_marked_and_loses_its_number(text: str) -> None:
    checked = check_citations(text, SOURCES)
    assert checked.unsupported == 1
    assert "[" not in checked.text
    assert checked.text.endswith("⚠")


def test_numbers_of_live_data_need_no_source() -> None:
    checked = check_citations("Pump pressure is now 182.4 bar at press-1.", {}, "182.4 | press-1")
    assert checked.unsupported == 0


def test_each_sentence_is_judged_for_itself() -> None:
    text = "V1 is set to 265 bar [1]. V1 is set to 300 bar [1]."
    checked = check_citations(text, SOURCES)
    assert checked.text == "V1 is set to 265 bar [1]. V1 is set to 300 bar. ⚠"
    assert checked.used == {1}
