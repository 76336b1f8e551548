"""The README's tables of commands and options."""

from lakewright.cli.main import COMMANDS
from lakewright.cli.options import CONNECTION_OPTIONS, CONVERSATION_OPTIONS, RUN_OPTIONS
from lakewright.cli.reference import commands_table, options_table


def _rows(table: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def test_each_command_is_a_row_with_its_own_options() -> None:
    """Arguments and own options are in it; those that commands share are in the other table."""
    usages = [usage.strip("`") for usage, _ in _rows(commands_table())]
    assert [usage.split()[1] for usage in usages] == list(COMMANDS)
    assert "lakewright refactor [TARGET] -i TEXT [--write] [--check] [--verify CMD]" in usages
    assert "lakewright complete PATH:LINE:COLUMN" in usages
    assert "lakewright serve [--stdio] [--tcp HOST:PORT] [--verbose]" in usages
    assert "lakewright models [--all]" in usages
    assert "lakewright doctor [--file PATH] [--root DIR]" in usages
    assert "lakewright sandbox [--port N] [--fault NAME ...] [--list-faults]" in usages
    assert "lakewright completion SHELL" in usages


def test_each_shared_option_is_a_row_with_its_commands() -> None:
    """In the order of the tables of options; a bar inside a cell is escaped."""
    rows = _rows(options_table())
    assert len(rows) == len(CONNECTION_OPTIONS) + len(RUN_OPTIONS) + len(CONVERSATION_OPTIONS)
    users = {row[0].strip("`").split()[0]: row[1].split(", ") for row in rows}
    assert {"explain", "models", "doctor"} <= set(users["--sandbox"])
    assert "doctor" not in users["--thinking"]
    assert users["--thinking"] == ["explain", "refactor", "complete"]
    assert users["--continue[=RUN]"] == ["explain", "refactor"]
    assert r"`--format text\|json\|ndjson`" in options_table()
    assert "`--continue[=RUN]`" in options_table()
