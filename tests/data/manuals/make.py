"""Makes the manuals of this folder from the passages beside it: `python -m tests.data.manuals.make`.

The files are kept as they came out, so that tests need neither fonts nor a browser for them.
"""

import html
import json
import re
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium import FLAGS, find_chromium

HERE = Path(__file__).parent
PASSAGES = HERE.parent / "manuals-eval" / "passages.jsonl"
TITLES = {
    "HP-200": "HP-200 hydraulic press. Operating manual",
    "ПГ-160": "Пресс гидравлический ПГ-160. Руководство по эксплуатации",
}
FILES = {"ПГ-160": "PG-160"}
STYLE = """
@page { size: A4; margin: 22mm 18mm } body { font: 11pt 'DejaVu Sans' }
h1 { font-size: 20pt } h2 { font-size: 14pt } td, th { border: 1px solid black; padding: 3px 6px }
table { border-collapse: collapse } .page { break-after: page }
"""


def make() -> None:
    pages: dict[str, dict[int, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for line in PASSAGES.read_text().splitlines():
        passage = json.loads(line)
        pages[passage["doc"]][passage["page"]].append(passage)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for name, title in TITLES.items():
            document = browser.new_page()
            document.set_content(build_html(title, pages[name]))
            header = f"<div style='font-size:8px;width:100%;text-align:center'>{title}</div>"
            footer = "<div style='font-size:8px;width:100%;text-align:center'><span class=pageNumber></span></div>"
            document.pdf(path=HERE / f"{FILES.get(name, name)}.pdf", display_header_footer=True,
                         header_template=header, footer_template=footer)  # fmt: skip
        browser.close()


def build_html(title: str, pages: dict[int, list[dict[str, str]]]) -> str:
    body = []
    for number in range(1, max(pages) + 1):
        inner = f"<h1>{html.escape(title)}</h1>" if number == 1 else ""
        for passage in pages.get(number, ()):
            inner += f"<h2>{html.escape(passage['section'])}</h2>{build_text(passage['text'])}"
        body.append(f"<div class=page>{inner or '&nbsp;'}</div>")
    return f"<style>{STYLE}</style>{''.join(body)}"


def build_text(text: str) -> str:
    before, bar, table = text.partition(" |")
    if not bar:
        return f"<p>{html.escape(text)}</p>"
    rows = [row.strip(" |") for row in re.split(r"\n", bar.strip() + table)]
    cells = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell.strip())}</td>" for cell in row.split("|")) + "</tr>"
        for row in rows
    )
    return f"<p>{html.escape(before)}</p><table>{cells}</table>"


if __name__ == "__main__":
    make()
