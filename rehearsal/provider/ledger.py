"""The provider's ledger of existing resources, `recorded.sqlite`. It has no property values and so no secrets."""

import json
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Mode = Literal["emulated", "recorded"]

NAME: Final = "recorded.sqlite"
_TABLES: Final = """
create table if not exists resources (
    urn text not null, id text not null, type text not null, account text not null, region text not null,
    mode text not null, token text not null, unread text not null default '[]',
    primary key (urn, id)
);
create table if not exists intents (urn text not null, token text not null, primary key (urn, token));
create table if not exists generations (urn text primary key, number integer not null);
create table if not exists clouds (instance text primary key);
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An existing resource: account, region, mode, and the inputs that the emulator does not return."""

    urn: str
    id: str
    type: str
    account: str
    region: str
    mode: Mode
    token: str
    unread: tuple[str, ...] = ()


class Ledger:
    """The ledger: one SQLite file, which threads and processes can share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def modes(self) -> dict[str, Mode]:
        """Return URN -> `emulated` or `recorded` for every existing resource."""
        return {entry.urn: entry.mode for entry in self.entries()}

    def entries(self) -> list[Entry]:
        """Return all existing resources."""
        if not self._path.exists():
            return []
        rows = self._query("select urn, id, type, account, region, mode, token, unread from resources")
        return [_entry(row) for row in rows]

    def get(self, urn: str, id_: str) -> Entry | None:
        """Return one resource; None if it does not exist."""
        columns = "urn, id, type, account, region, mode, token, unread"
        rows = self._query(f"select {columns} from resources where urn = ? and id = ?", urn, id_)  # noqa: S608
        return _entry(rows[0]) if rows else None

    def moved(self, urn: str, id_: str, type_: str, account: str) -> Entry | None:
        """Return a resource that is recorded under another URN, and record it under this one."""
        rows = self._query("select urn from resources where id = ? and type = ? and account = ?", id_, type_, account)
        if len(rows) != 1:
            return None
        self._change(("update resources set urn = ? where urn = ? and id = ?", (urn, rows[0][0], id_)))
        return self.get(urn, id_)

    def by_token(self, urn: str, token: str) -> Entry | None:
        """Return the resource that a creation with this token created."""
        columns = "urn, id, type, account, region, mode, token, unread"
        rows = self._query(f"select {columns} from resources where urn = ? and token = ?", urn, token)  # noqa: S608
        return _entry(rows[0]) if rows else None

    def created(self, urn: str) -> Entry | None:
        """Return the existing resource that was created last under a URN."""
        columns = "urn, id, type, account, region, mode, token, unread"
        statement = f"select {columns} from resources where urn = ? and token != '' order by rowid desc"  # noqa: S608
        rows = self._query(statement, urn)
        return _entry(rows[0]) if rows else None

    def put(self, entry: Entry) -> None:
        """Record that a resource exists; this ends its intention."""
        self._change(
            (
                "insert or replace into resources values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    entry.urn,
                    entry.id,
                    entry.type,
                    entry.account,
                    entry.region,
                    entry.mode,
                    entry.token,
                    json.dumps(entry.unread),
                ),
            ),
            ("delete from intents where urn = ?", (entry.urn,)),
        )

    def intend(self, urn: str, token: str) -> bool:
        """Record the intention to create a resource; returns whether an earlier intention for the URN has not ended."""
        earlier = bool(self._query("select 1 from intents where urn = ?", urn))
        self._change(("insert or ignore into intents values (?, ?)", (urn, token)))
        return earlier

    def withdraw(self, urn: str, token: str) -> None:
        """Remove an intention after AWS refused the creation because the name is taken by another resource."""
        self._change(("delete from intents where urn = ? and token = ?", (urn, token)))

    def generation(self, urn: str) -> int:
        """Return the number of resources of this URN that were deleted before."""
        rows = self._query("select number from generations where urn = ?", urn)
        return int(rows[0][0]) if rows else 0

    def remove(self, urn: str, id_: str) -> None:
        """Record that a resource was deleted; a later creation under its URN is another resource."""
        self._change(
            ("delete from resources where urn = ? and id = ?", (urn, id_)),
            (
                "insert into generations values (?, 1) on conflict (urn) do update set number = number + 1",
                (urn,),
            ),
        )

    def follow(self, instance: str) -> None:
        """Clear the ledger if the emulated cloud is another one than before."""
        if not self._query("select 1 from clouds where instance = ?", instance):
            self._change(
                ("delete from resources", ()),
                ("delete from intents", ()),
                ("delete from clouds", ()),
                ("insert into clouds values (?)", (instance,)),
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _query(self, statement: str, *arguments: str) -> list[tuple[str, ...]]:
        with self._lock, closing(self._open().execute(statement, arguments)) as cursor:
            return cursor.fetchall()

    def _change(self, *statements: tuple[str, Iterable[str]]) -> None:
        with self._lock, self._open() as connection:
            for statement, arguments in statements:
                connection.execute(statement, tuple(arguments))

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, check_same_thread=False, timeout=30)
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = normal")
            self._connection.executescript(_TABLES)
        return self._connection


def _entry(row: tuple[str, ...]) -> Entry:
    urn, id_, type_, account, region, mode, token, unread = row
    return Entry(
        urn=urn,
        id=id_,
        type=type_,
        account=account,
        region=region,
        mode="emulated" if mode == "emulated" else "recorded",
        token=token,
        unread=tuple(json.loads(unread)),
    )
