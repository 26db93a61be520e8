"""Runs the MLflow server: its configuration, its certificate, its process, and the passwords that it reads again."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from workloads.tracking import passwords, permissions, users
from workloads.tracking.settings import TrackingError, TrackingSettings

PORT: Final = 5000
INTERVAL: Final = 60.0
"""Seconds between two readings of the passwords."""
WORKERS: Final = 2
CERTIFICATE_DAYS: Final = 398


def environment(settings: TrackingSettings) -> Mapping[str, str]:
    """The variables of libpq and of MLflow's processes.

    Raises:
        TrackingError: the secret of the database cannot be read.
    """
    database: dict[str, str] = {}
    if settings.database_host:
        database = {"PGPASSFILE": str(settings.passfile), "PGUSER": passwords.database_user(settings)}
    return {
        **database,
        "DO_NOT_TRACK": "true",
        "MLFLOW_AUTH_CONFIG_PATH": str(settings.folder / "basic_auth.ini"),
        # Native routes without a permission check are refused instead of allowed.
        "MLFLOW_BASIC_AUTH_FAIL_CLOSED": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "TMPDIR": str(settings.folder),
        users.ADMINISTRATOR: settings.administrator,
        users.CREDENTIALS: str(settings.credentials),
    }


def prepare(settings: TrackingSettings) -> None:
    """Writes passwords and MLflow's configuration, and sets the variables in this process.

    Raises:
        TrackingError: a password cannot be read.
    """
    passwords.refresh(settings)
    passwords.write(settings.folder / "basic_auth.ini", _configuration(settings))
    os.environ.update(environment(settings))


def run(settings: TrackingSettings, *, port: int = PORT, address: str = "0.0.0.0", interval: float = INTERVAL) -> int:  # noqa: S104 - a task has one interface, and its security group decides
    """Serves until SIGTERM.

    Args:
        settings: the settings.
        port: TCP port.
        address: address of the interface.
        interval: seconds between two readings of the passwords.

    Returns:
        Exit code of the server; 0 after SIGTERM.

    Raises:
        TrackingError: a password cannot be read at the start.
    """
    prepare(settings)
    certificate, key = _certificate(settings)
    variables = {
        **os.environ,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": passwords.session_key(settings),
    }
    process = subprocess.Popen(_command(settings, port, address, certificate, key), env=variables)  # noqa: S603 - our own command
    stopped = threading.Event()

    def stop(_number: int, _frame: Any) -> None:
        stopped.set()
        process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.Thread(target=_keep_current, args=(settings, stopped, interval), daemon=True).start()
    code = process.wait()
    return 0 if stopped.is_set() else code or 1


def _keep_current(settings: TrackingSettings, stopped: threading.Event, interval: float) -> None:
    """Reads passwords again, and applies grants that wait for their experiment; a failure keeps what there is."""
    waiting = bool(settings.grants)
    while not stopped.wait(interval):
        try:
            passwords.refresh(settings)
            waiting = waiting and permissions.apply(settings)["waiting"] > 0
        except TrackingError as error:
            print(f"warning: passwords are not read again: {error}", file=sys.stderr)
        except Exception as error:  # noqa: BLE001 - the database may be failing over
            print(f"warning: grants are not applied: {type(error).__name__}", file=sys.stderr)


def _command(settings: TrackingSettings, port: int, address: str, certificate: Path, key: Path) -> Sequence[str]:
    return [
        *(sys.executable, "-m", "mlflow", "server"),
        *("--app-name", "basic-auth"),
        *("--host", address, "--port", str(port), "--workers", str(WORKERS)),
        *("--backend-store-uri", settings.database_uri),
        "--serve-artifacts",
        *("--artifacts-destination", settings.artifacts),
        *("--allowed-hosts", f"{settings.host},{settings.host}:*,localhost:*,127.0.0.1:*"),
        *("--uvicorn-opts", f"--ssl-certfile {certificate} --ssl-keyfile {key} --no-server-header"),
    ]


def _configuration(settings: TrackingSettings) -> str:
    """MLflow's `basic_auth.ini`: nobody has a permission that is not given."""
    return f"""[mlflow]
default_permission = NO_PERMISSIONS
database_uri = {settings.auth_uri}
admin_username = {settings.administrator}
authorization_function = {users.__name__}:authenticate
grant_default_workspace_access = false
"""


def _certificate(settings: TrackingSettings) -> tuple[Path, Path]:
    """A key and a certificate of this task, so that the load balancer encrypts requests to it.

    Load balancers do not verify the certificates of targets; its key never leaves the task (Application Load Balancers
    guide, "Target groups").
    """
    from cryptography import x509  # noqa: PLC0415 - needed once
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - the same
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - the same

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, settings.host)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=CERTIFICATE_DAYS))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(settings.host), x509.DNSName("localhost")]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    encoded = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = settings.folder / "certificate.pem", settings.folder / "key.pem"
    for file, content in zip(files, (certificate.public_bytes(serialization.Encoding.PEM), encoded), strict=True):
        passwords.write(file, content.decode())
    return files
