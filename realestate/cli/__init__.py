"""The command line: `python -m realestate`. Each command imports what it needs when it runs, so that the small ones answer at once."""

import json
import secrets
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError

from realestate.cli.refusal import Refusal

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
audit = typer.Typer(no_args_is_help=True, help="The seals on what was done.")
app.add_typer(audit, name="audit")


def main() -> None:
    """Every expected failure is one sentence on standard error."""
    try:
        import realestate.config  # noqa: F401 - a wrong variable shows here

        app(standalone_mode=True)
    except ValidationError as error:
        sys.exit("\n".join(f"{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors()))
    except Refusal as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(130)


def migrate(owner_url: str, app_url: str) -> None:
    """See `migration.migrate`."""
    from realestate.cli import migration

    migration.migrate(owner_url, app_url)


@app.command("serve")
def serve() -> None:
    """Run the API, with a database of its own unless DATABASE_URL names one."""
    from realestate.cli import serving

    serving.serve()


@app.command("worker")
def worker() -> None:
    """Do what waits to be done later, apart from the API: any number, beside `serve` with RUN_JOBS=off or on."""
    from realestate.cli import working

    working.work()


@app.command("migrate")
def migrate_database() -> None:
    """Bring the database to the newest schema; repeatable."""
    from realestate.cli import database

    with database.opened(may_join=True):
        if not database.migrate_if_ours():
            raise Refusal("There is nothing to migrate with: name the owner's login in DATABASE_OWNER_URL.")


@app.command("seed")
def seed(name: Literal["demo", "large"] = typer.Argument("demo")) -> None:
    """Fill the database with demo data, or with half a million units for measuring; a second time changes nothing."""
    from realestate.cli import database
    from realestate.config import settings

    if settings.is_production:
        raise Refusal(f"Its accounts have a known password: SEED={name} is for ENVIRONMENT=development only.")
    with database.opened(may_join=True):
        typer.echo(database.seed(name))


@app.command("init")
def init() -> None:
    """Migrate, then seed as SEED says; what init_database.py does."""
    from realestate.cli import database
    from realestate.config import settings

    with database.opened(may_join=True):
        typer.echo("The schema is the newest." if database.migrate_if_ours() else "Not migrated: that needs DATABASE_OWNER_URL.")
        if said := database.seed(settings.seed_name):
            typer.echo(said)


@app.command("create-admin")
def create_admin(email: str) -> None:
    """Make a platform administrator. The password is asked for, or the first line of standard input; an empty one is generated."""
    from realestate.cli import database
    from realestate.services import accounts

    asked = (
        typer.prompt("Password (empty: generate one)", default="", hide_input=True, show_default=False) if sys.stdin.isatty() else input()
    )
    password = asked or secrets.token_urlsafe(15)
    database.run(partial(accounts.create_admin, email, password))
    typer.echo(f"Administrator {email} created" + ("." if asked else f" with password {password}"))


@app.command("clear-idempotency-keys")
def clear_idempotency_keys() -> None:
    """Forget the answers that were kept for repeated requests, once they are a day old."""
    from realestate.cli import database
    from realestate.services import idempotency

    typer.echo(f"Keys forgotten: {database.run(idempotency.clear)}")


@app.command("sweep-objects")
def sweep_objects() -> None:
    """Remove uploaded files that no document knows, a day after they were written: what a crash has left behind."""
    from realestate.cli import database
    from realestate.services import documents

    typer.echo(f"{database.run(documents.sweep)} removed.")


@app.command("send-due-messages")
def send_due_messages() -> None:
    """Send the messages whose time has come; any number of processes may do this at once."""
    from realestate.cli import database
    from realestate.services import messages

    typer.echo(f"Messages sent: {database.run(messages.deliver_due)}")


@app.command("deliver")
def deliver() -> None:
    """Send the mails and other messages that are due; any number of processes may do this at once."""
    from realestate.cli import database
    from realestate.services import deliveries

    typer.echo(f"Sent: {database.run(deliveries.deliver_due)}")


@app.command("remind")
def remind() -> None:
    """Send the reminders of appointments that are due, and say who has not come; as often as you like."""
    from realestate.cli import database
    from realestate.services import appointments

    reminders, no_shows = database.run(appointments.remind)
    typer.echo(f"Reminders: {reminders}. No-shows: {no_shows}.")


@app.command("expire-quotes")
def expire_quotes() -> None:
    """Write down which prices of changes have run out, and tell both sides."""
    from realestate.cli import database
    from realestate.services import change_requests

    typer.echo(f"Quotes expired: {database.run(change_requests.expire)}")


@app.command("listen")
def listen(
    token: Annotated[str, typer.Option(envvar="REALESTATE_TOKEN", help="an access token")] = "",
    url: Annotated[str, typer.Option(help="where the API is")] = "http://127.0.0.1:8000",
    refresh_token: Annotated[
        str, typer.Option(envvar="REALESTATE_REFRESH_TOKEN", help="brings fresh access tokens; spent by its use")
    ] = "",
    refresh_file: Annotated[Path | None, typer.Option(help="keeps the refresh token that comes next; read first if it is there")] = None,
    state: Annotated[Path | None, typer.Option(help="keeps where it stopped, for the next time")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="something else to hear of, such as project:7:inventory; repeatable")] = None,
) -> None:
    """Print what is pushed to an account, a JSON line each; reconnects and goes on where it stopped."""
    from realestate.cli import following

    following.follow(url, token, refresh_token, state, topic or [], refresh_file)


@app.command("openapi")
def openapi() -> None:
    """Print the OpenAPI document."""
    from realestate.main import app as api
    from realestate.routers.contract import describe

    typer.echo(json.dumps(describe(api), indent=2, ensure_ascii=False))


@app.command("env-example")
def env_example() -> None:
    """Print .env.example: every setting with its default."""
    from realestate.cli import diagnosis

    typer.echo(diagnosis.env_example(), nl=False)


@app.command("doctor")
def doctor() -> None:
    """Check the settings and the database, one line each."""
    from realestate.cli import diagnosis

    diagnosis.doctor()


@audit.command("seal")
def seal_audit() -> None:
    """Seal what has been done since the last time; run it every few minutes."""
    from realestate.cli import auditing

    auditing.seal()


@audit.command("heads")
def list_audit_heads() -> None:
    """Print where each chain ends: keep that elsewhere, and `verify --heads` shows even a chain that was made anew."""
    from realestate.cli import auditing

    auditing.heads()


@audit.command("verify")
def verify_audit(heads: Annotated[Path | None, typer.Option(help="a file with what `audit heads` printed earlier")] = None) -> None:
    """Look whether anything sealed was changed, removed, put in between or cut off; ends with 1 and says what."""
    from realestate.cli import auditing

    auditing.verify(heads)
