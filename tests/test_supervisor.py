"""The supervisor: a worker that is killed comes back, and none is left behind."""

import os
import signal
import sys
import time
from pathlib import Path

from reelwright.engine.supervisor import Supervisor


def wait_for(process_of: Supervisor, other_than: int) -> int:
    for _ in range(200):
        assert process_of.process is not None
        if process_of.process.pid != other_than:
            return process_of.process.pid
        time.sleep(0.02)
    raise AssertionError("it was not started again")


def test_a_killed_worker_is_started_again_and_a_stopped_one_is_not() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    supervisor = Supervisor(command, pause_s=0.05)
    supervisor.start()
    assert supervisor.process is not None
    first = supervisor.process.pid
    os.kill(first, signal.SIGKILL)
    second = wait_for(supervisor, other_than=first)
    supervisor.stop()
    assert second != first
    assert supervisor.process.returncode == -signal.SIGTERM


def test_one_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "open(sys.argv[1], 'w').close(); time.sleep(60)"
    )
    command = [sys.executable, "-c", deaf, str(ready)]
    supervisor = Supervisor(command, pause_s=0.05, patience_s=0.3)
    supervisor.start()
    for _ in range(500):
        if ready.exists():
            break
        time.sleep(0.02)
    supervisor.stop()
    assert supervisor.process is not None
    assert supervisor.process.returncode == -signal.SIGKILL


def test_one_that_dies_at_once_is_given_up_after_some_tries(tmp_path: Path) -> None:
    tally = "import sys; open(sys.argv[1], 'a').write('I'); sys.exit(2)"
    command = [sys.executable, "-c", tally, str(tmp_path / "tally")]
    supervisor = Supervisor(command, pause_s=0.1, tries=3)
    supervisor.start()
    for _ in range(500):
        if supervisor.gave_up:
            break
        time.sleep(0.02)
    supervisor.stop()
    assert supervisor.gave_up
    assert (tmp_path / "tally").read_text() == "III"
