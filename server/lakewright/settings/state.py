"""Where runs, snapshots and shown answers are kept."""

import os
from pathlib import Path


def state_folder() -> Path:
    """`$LAKEWRIGHT_STATE_DIR`, else `lakewright/` in the platform's state folder."""
    named = os.environ.get("LAKEWRIGHT_STATE_DIR")
    if named:
        return Path(named).expanduser()
    import platformdirs  # noqa: PLC0415 - not needed where the variable names the folder

    return platformdirs.user_state_path("lakewright", appauthor=False)
