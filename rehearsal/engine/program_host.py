"""Runs a Pulumi program in a process of its own; started as a script, imports nothing of the engine.

Reads one JSON document from standard input (where the engine is, project, stack, configuration) and then keeps the
input open: when it ends, the engine is gone and so is this process. The outcome is one JSON document on the file
descriptor that the settings name. The program's own output is left alone.
"""

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def _die_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(70)


def _silent(*_: Any, **__: Any) -> None:
    """Replacement of `pulumi.log.debug` that logs nothing."""


def _outcome(error: BaseException, program: str) -> dict[str, Any]:
    import pulumi  # noqa: PLC0415 - the program's own failure to import it is an outcome too

    detail = "".join(traceback.format_exception(error))
    chain = [error]
    while (cause := _cause(chain[-1], chain)) is not None:
        chain.append(cause)
    # The SDK wraps what an input raises in "While processing ...": the cause says what is wrong, the wrapper where.
    wrapped = str(error).startswith("While processing")
    root = chain[-1] if wrapped else error
    if isinstance(root, pulumi.RunError):
        return {"ok": False, "message": str(root), "detail": detail}
    place, missing = "", {}
    for link in reversed(chain) if wrapped else (error,):
        result, lacking = _look(link, program)
        place, missing = place or result, missing or lacking
    if not missing and not place and isinstance(root, KeyError) and root.args:
        # The SDK raises it from a task whose frames may be gone; nothing of the program's own is in the traceback.
        missing = {"missing_output": str(root.args[0])}
    message = f"{type(root).__name__}: {root}" + (f" (at {place})" if place else "")
    if wrapped:
        message += f"; {str(error).splitlines()[0].removeprefix('While ')}"
    return {"ok": False, "message": message, "detail": detail, **missing}


def _cause(error: BaseException, visited: Sequence[BaseException]) -> BaseException | None:
    """Return the cause of an error. The SDK raises errors again, even from themselves: `visited` errors are skipped."""
    context = None if error.__suppress_context__ and error.__cause__ is not error else error.__context__
    for entry in (error.__cause__, context):
        if entry is not None and not any(entry is peer for peer in visited):
            return entry
    return None


def _look(error: BaseException, program: str) -> tuple[str, dict[str, Any]]:
    """Return the place in the program where the error was raised, and the stack output that it lacked, if any."""
    place, missing = "", {}
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename.startswith(program + os.sep) and "site-packages" not in filename:
            place = f"{os.path.relpath(filename, program)}:{trace.tb_lineno}"
        pair = trace.tb_frame.f_locals.get("l")
        if isinstance(error, KeyError) and filename.endswith("stack_reference.py") and isinstance(pair, list):
            missing = {"missing_output": str(pair[0])}
        trace = trace.tb_next
    return place, missing


async def _settled(sdk: str) -> None:
    """Wait until the tasks of the SDK (the code under the folder `sdk`) are done, or one of them fails.

    The SDK waits for them itself, but looks at all of them again whenever one is done: half the time of a large stack.
    What is left to it here is to find none, or the failure.
    """
    this = asyncio.current_task()
    while True:
        pending = [
            task
            for task in asyncio.all_tasks()
            if task is not this and getattr(task.get_coro(), "cr_code", _settled.__code__).co_filename.startswith(sdk)
        ]
        if not pending:
            return
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() for task in done):
            return


def _run(settings: dict[str, Any]) -> dict[str, Any]:
    import pulumi  # noqa: PLC0415 - loaded after the parent is being watched
    import pulumi.runtime  # noqa: PLC0415

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # an aborted run leaves futures behind: by design
    pulumi.log.debug = _silent  # the SDK tells a dozen things a resource, each a call to the engine
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=settings["parallel"] * 4)
    loop.set_default_executor(executor)
    pulumi.runtime.set_all_config(settings["config"], settings["secret_keys"])
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=settings["project"],
            stack=settings["stack"],
            monitor=settings["monitor"],
            engine=settings["engine"],
            parallel=settings["parallel"],
            dry_run=settings["dry_run"],
            organization=settings["organization"],
            root_directory=settings["root"],
        )
    )
    program_path = Path(settings["program"])
    main = program_path / "__main__.py" if program_path.is_dir() else program_path

    sdk = str(Path(pulumi.__file__).parent) + os.sep

    async def program() -> None:
        runpy.run_path(str(main), run_name="__main__")
        await _settled(sdk)

    loop.run_until_complete(pulumi.runtime.run_in_stack(program))
    return {"ok": True}


def main() -> None:
    """Run the program described on standard input."""
    settings: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    program_path = Path(settings["program"])
    home = str(program_path if program_path.is_dir() else program_path.parent)
    os.chdir(home)
    sys.path[0] = home
    sys.argv = [str(Path(home) / "__main__.py")]
    try:
        outcome = _run(settings)
    except SystemExit as error:
        code = error.code
        outcome = (
            {"ok": True} if code in (None, 0) else {"ok": False, "message": f"the program exited: {code}", "detail": ""}
        )
    except BaseException as error:  # noqa: BLE001 - whatever the program raises is its outcome
        outcome = _outcome(error, home)
    with os.fdopen(settings["outcome"], "w", encoding="utf-8") as pipe:
        json.dump(outcome, pipe)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if outcome["ok"] else 1)  # threads that still wait for the engine must not hold the process


if __name__ == "__main__":
    main()
