"""Spark: a standalone cluster that somebody runs, or one of this machine, a master and workers, while it is needed.

A cluster of this machine listens on the loopback address only, with a secret of its own: whoever may send work to it
runs programs in our name.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import ibis
import pyspark
from ibis.expr.types import Table
from pyspark.sql import SparkSession

from onecity.analytics.asking import FACTS
from onecity.kernel.errors import CannotStart
from onecity.ledger.columnar import Manifest

_HOME: Final = Path(pyspark.__file__).parent
_MASTER: Final = "org.apache.spark.deploy.master.Master"
_WORKER: Final = "org.apache.spark.deploy.worker.Worker"
_PATIENCE_S: Final = 300.0
_LOOK_S: Final = 0.1
_STOP_S: Final = 10.0
_HOST: Final = "127.0.0.1"

_SETTINGS: Final = {
    "spark.master.rest.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.enableVectorizedReader": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_SMALL_FACTS: Final = 1_000_000
_SMALL: Final = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.files.openCostInBytes": "65536",
}
"""Over few facts, making and compiling programs for a plan takes far longer than running it plainly."""
_AT_ONCE: Final = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
"""A daemon that only hands out work, and a small plan, are over before a thorough compiler would have begun."""
_QUIET: Final = """rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %c{1}: %m%n
logger.ready.name = org.apache.spark.deploy
logger.ready.level = info
"""


def is_small(manifest: Manifest) -> bool:
    """Whether an export has so few facts that what matters is how soon everything starts."""
    return manifest.rows < _SMALL_FACTS


def java() -> str:
    """The Java that Spark needs. Raises CannotStart where there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        raise CannotStart(
            "Spark needs Java 17 or newer. Install it, for example: apt-get install openjdk-17-jre-headless"
        )
    return found


class Spark:
    """A session on a cluster; reads the files that the manifest names, which every worker must find at this path.

    `small` is for few facts: plans are run plainly.
    """

    def __init__(self, folder: Path, manifest: Manifest, master: str, *, partitions: int, small: bool = False) -> None:
        java()
        builder = SparkSession.builder.master(master).appName("onecity analytics")
        settings = _SETTINGS | (_SMALL if small else {}) | {"spark.sql.shuffle.partitions": str(partitions)}
        for name, value in settings.items():
            builder = builder.config(name, value)
        self._session = builder.getOrCreate()
        files = [str((folder / part.path).absolute()) for part in manifest.parts]
        self._session.read.parquet(*files).createOrReplaceTempView(FACTS)
        # Whoever turns an expression into Spark's SQL reads this backend's options.
        assert ibis.pyspark is not None

    def rows(self, expression: Table) -> Sequence[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.sql(str(ibis.to_sql(expression, dialect="pyspark"))).collect()]

    def close(self) -> None:
        self._session.stop()


@contextmanager
def spark_cluster(*, workers: int = 2, cores: int = 1, memory_mb: int = 1_024, small: bool = False) -> Iterator[str]:
    """A master and workers on this machine, as processes of their own; the URL of the master. Raises CannotStart.

    `small` is for few facts: everything starts sooner and runs slower. A process works with one such cluster in its
    life, because the Java beside it keeps the secret that it began with.
    """
    java()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onecity-spark")))
        env = _configured(scratch, memory_mb, _AT_ONCE if small else "-XX:+UseParallelGC")
        # The driver of this process reads the same settings; what it had before comes back.
        stack.enter_context(_environment(env))
        master = stack.enter_context(_process(scratch / "master.log", _MASTER, "--host", _HOST, "--port", "0"))
        [url] = _told(master, scratch / "master.log", r"Starting Spark master at (spark://\S+)", 1)
        share = (
            "--host",
            _HOST,
            "--cores",
            str(cores),
            "--memory",
            f"{memory_mb + 512}m",
            "--work-dir",
            str(scratch / "work"),
        )
        for number in range(workers):
            stack.enter_context(_process(scratch / f"worker-{number}.log", _WORKER, *share, url))
        _told(master, scratch / "master.log", r"Registering worker (\S+)", workers)
        yield url


def _configured(scratch: Path, memory_mb: int, machine: str) -> Mapping[str, str]:
    """Settings of a cluster as files: on a command line everybody on the machine could read the secret."""
    scratch.chmod(0o700)
    settings = {
        "spark.authenticate": "true",
        "spark.authenticate.secret": secrets.token_hex(32),
        "spark.driver.bindAddress": _HOST,
        "spark.driver.host": _HOST,
        "spark.driver.extraJavaOptions": machine,
        "spark.executor.extraJavaOptions": machine,
        # On a machine that is busy with other things, a worker that is slow is not lost.
        "spark.network.timeout": "600s",
        "spark.worker.timeout": "600",
        "spark.executor.memory": f"{memory_mb}m",
    }
    lines = "".join(f"{name} {value}\n" for name, value in settings.items())
    (scratch / "spark-defaults.conf").write_text(lines, "utf-8")
    (scratch / "log4j2.properties").write_text(_QUIET, "utf-8")
    return {
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_CONF_DIR": str(scratch),
        "SPARK_DAEMON_JAVA_OPTS": _AT_ONCE,
        "SPARK_HOME": str(_HOME),
        "SPARK_LOCAL_IP": _HOST,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_LOCAL_DIRS": str(scratch / "local"),
    }


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _process(log: Path, name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of Spark while it is needed."""
    command = [str(_HOME / "bin" / "spark-class"), name, "--webui-port", "0", *words]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _told(process: "subprocess.Popen[bytes]", log: Path, pattern: str, times: int) -> list[str]:
    """What a daemon says in its log, as soon as it has said it so often. Raises CannotStart."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        found = re.findall(pattern, log.read_text("utf-8", errors="replace"))
        if len(found) >= times:
            return found
        time.sleep(_LOOK_S)
    how = f"did not start within {_PATIENCE_S:.0f} s" if process.poll() is None else "ended at once"
    raise CannotStart(f"The cluster {how}. Its last words: {_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").splitlines()
    return lines[-1] if lines else "none"
