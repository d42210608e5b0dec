"""`hydrodiag manuals …`: add, index, search and judge manuals by hand."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, cast

import typer

from hydrodiag.accounts import Actor, record_event
from hydrodiag.commands.database import command_database
from hydrodiag.config import load_settings
from hydrodiag.db import Role
from hydrodiag.db.locks import advisory_lock
from hydrodiag.errors import InvalidInput
from hydrodiag.jobs import JobContext
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document, list_documents
from hydrodiag.manuals.judging import evaluate_active
from hydrodiag.manuals.manual_jobs import INDEX_MANUALS, open_store, run_index_manuals
from hydrodiag.manuals.retrieval.evaluation import Evaluation, load_items
from hydrodiag.manuals.search import ManualSearch, SearchRequest

app = typer.Typer(help="Manuals: add, index, search, evaluate.", no_args_is_help=True)
COMMAND_LINE = Actor("command line", None)
Files = Annotated[list[Path], typer.Argument(help="PDF, DOCX, XLSX, HTML, Markdown, text.")]
LONGEST_SHOWN = 300


@app.command()
def add(files: Files) -> None:
    """Store files as manuals; the scheduler, or `hydrodiag manuals index`, reads them."""
    with command_database("manuals") as db:
        for path in files:
            with path.open("rb") as content:
                try:
                    number = add_document(
                        db, "command line", NewFile(path.name, content), DocumentDraft(path.stem)
                    )
                except InvalidInput as error:
                    typer.echo(f"{path.name}: {error}", err=True)
                    continue
            record_event(db, COMMAND_LINE, "add manual", path.name, {"document": number})
            typer.echo(f"{path.name}: manual {number}")


@app.command("list")
def list_all() -> None:
    """Every manual with its state."""
    with command_database("manuals") as db:
        for each in list_documents(db):
            pages = f"{each.page_count or 0} pages, {each.chunks} passages"
            typer.echo(
                f"{each.id:>5} {each.status:<8} {each.title}  {pages}  {each.reason}".rstrip()
            )


@app.command()
def index() -> None:
    """Read what waits and build a new index version if one is needed, here and now."""
    with (
        command_database("manuals") as db,
        db.dedicated(Role.MAINT, purpose="index") as connection,
        advisory_lock(connection, f"job:{INDEX_MANUALS}") as is_ours,
    ):
        if not is_ours:
            raise InvalidInput("The scheduler is indexing now.", hint="See Jobs.")
        context = SimpleNamespace(
            database=db, settings=load_settings(), params={}, run_id=0, should_stop=lambda: False,
            report=lambda _fraction, message: typer.echo(message),
        )  # fmt: skip
        typer.echo(json.dumps(dict(run_index_manuals(cast("JobContext", context)))))


@app.command()
def search(question: Annotated[str, typer.Argument()], most: int = 5) -> None:
    """The best passages with manual and page."""
    with command_database("manuals") as db:
        answer = _open_search().search(db, SearchRequest(question, k=most))
        typer.echo(f"{answer.verdict}, {answer.took_ms:g} ms")
        for each in answer.passages:
            typer.echo(f"\n{each.title}, page {each.page}: {' > '.join(each.heading_path)}")
            typer.echo(each.text[:LONGEST_SHOWN])


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSON lines: question, relevant or pages.")],
    keep: Annotated[
        bool, typer.Option(help="Keep the figures, and let the floor follow them.")
    ] = False,
) -> None:
    """Recall, MRR, refusals and latency of the index that is searched now."""
    items = load_items(questions)
    with command_database("manuals") as db:
        _show(evaluate_active(db, _open_search(), items, keep=keep))


def _open_search() -> ManualSearch:
    settings = load_settings()
    return ManualSearch(open_store(settings), settings.ollama_base_url)


def _show(figures: Evaluation) -> None:
    rows = {"all": figures.ranking, **figures.by_kind}
    typer.echo(f"{'questions':<16}{'n':>5}{'R@1':>7}{'R@5':>7}{'MRR':>7}")
    for kind, each in rows.items():
        typer.echo(
            f"{kind:<16}{each.questions:>5}{each.recall_at_1:>7.2f}{each.recall_at_5:>7.2f}"
            f"{each.mrr:>7.2f}"
        )
    refusal = figures.refusal
    for name in ("precision", "recall", "answer_recall"):
        value = getattr(refusal, name)
        typer.echo(f"refusal {name}: {'-' if value is None else f'{value:.2f}'}")
    typer.echo(f"latency p50 {figures.latency_p50_ms:.1f} ms, p95 {figures.latency_p95_ms:.1f} ms")
