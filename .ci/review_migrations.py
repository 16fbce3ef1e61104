"""squawk on the SQL of every revision but the first: that one makes tables nobody uses yet."""

import io
import subprocess
import sys
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory

ROOT = Path(__file__).resolve().parents[1]
# lock_timeout is set for all revisions in alembic/env.py; each runs in one transaction
# `version` is INTEGER: two thousand million changes of one row are enough
EXCLUDED = "--exclude=require-lock-timeout,require-statement-timeout,prefer-bigint-over-int"
SQUAWK = ["squawk", "--pg-version=15", "--assume-in-transaction", EXCLUDED]


def sql_of(revision: Script) -> str:
    text = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": text})
    with Operations.context(context):
        revision.module.upgrade()
    return text.getvalue()


def review(revision: Script) -> bool:
    command = [Path(sys.executable).with_name(SQUAWK[0]), *SQUAWK[1:], f"--stdin-filepath={revision.path}"]
    return subprocess.run(command, input=sql_of(revision), text=True, check=False).returncode == 0


revisions = [revision for revision in ScriptDirectory(str(ROOT / "alembic")).walk_revisions() if revision.down_revision]
refused = [revision.revision for revision in revisions if not review(revision)]
sys.exit(bool(refused))
