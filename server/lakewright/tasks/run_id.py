"""The ids of runs; on their own, so that a server can name a run before it has loaded a task."""

import secrets
import time


def new_run_id() -> str:
    """An id that sorts by time: `20261121-101502-4f9a1c`."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
