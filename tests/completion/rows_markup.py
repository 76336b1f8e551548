"""Answers for holes in YAML, SQL, Markdown and files of which nothing is known."""

from support_completion import fenced, rows

JOB = """\
resources:
  jobs:
    nightly:
      name: nightly
      tasks:
        - task_key: load
          ‸
      schedule:
        quartz_cron_expression: 0 0 2 * * ?
"""

YAML = rows(
    "databricks.yml",
    ("a value", "a:\n  b: ‸\n", "1", "1"),
    ("a value with a space too many", "a:\n  b: ‸\n", " 1", "1"),
    ("a value, space lost", "a:\n  b:‸\n", "1", " 1"),
    ("the key again", "a:\n  b: ‸\n", "  b: 1", "1"),
    (
        "siblings",
        JOB,
        fenced(
            "          notebook_task:\n            notebook_path: ./load.py\n          timeout_seconds: 600",
            "yaml",
        ),
        "notebook_task:\n            notebook_path: ./load.py\n          timeout_seconds: 600",
    ),
    (
        "siblings, unindented",
        JOB,
        fenced("notebook_task:\n  notebook_path: ./load.py\ntimeout_seconds: 600"),
        "notebook_task:\n            notebook_path: ./load.py\n          timeout_seconds: 600",
    ),
    (
        "leaves its block",
        JOB,
        "notebook_task:\n            notebook_path: ./load.py\n      schedule:\n        pause_status: PAUSED",
        "notebook_task:\n            notebook_path: ./load.py",
    ),
    ("runs into what follows", "a: 1\n‸\nc: 3\n", "b: 2\nc: 3", "b: 2"),
    (
        "a block below its key",
        "jobs:‸\n",
        fenced("nightly:\n  name: nightly"),
        "\n  nightly:\n    name: nightly",
    ),
    (
        "a list below its key",
        "steps:‸\n",
        fenced("- run: make\n- run: make test"),
        "\n  - run: make\n  - run: make test",
    ),
    ("a flow list", "xs: [‸]\n", "1, 2]", "1, 2"),
    ("an apostrophe in a plain text", "a: ‸\nb: 'x'\n", "it's [fine", ""),
    ("an apostrophe", "a: ‸\nb: 'x'\n", "it's fine", "it's fine"),
    ("a comment", "a: 1 # ‸\nb: 2\n", "the first [of two", "the first [of two"),
)

SQL = rows(
    "report.sql",
    ("a table", "SELECT id\nFROM ‸\n", "orders;", "orders;"),
    ("the clause again", "SELECT id\nFROM ‸\n", "FROM orders", "orders"),
    (
        "two statements",
        "SELECT id\nFROM ‸\n",
        "orders\nWHERE net > 1;\n\nSELECT 2;",
        "orders\nWHERE net > 1;",
    ),
    ("a column list", "SELECT\n  id,\n  ‸\nFROM orders\n", "net,\n  tax\nFROM orders", "net,\n  tax"),
    ("brackets", "SELECT coalesce(‸) FROM t\n", "a, 0) FROM t", "a, 0"),
    ("a string with a doubled quote", "SELECT ‸\n", "'it''s (open', 1", "'it''s (open', 1"),
    (
        "a comment before",
        "-- orders per day\n‸\n",
        "SELECT day, count(*)\nFROM orders\nGROUP BY day;",
        "SELECT day, count(*)\nFROM orders\nGROUP BY day;",
    ),
    ("a fence and talk", "SELECT ‸ FROM t\n", "Here is the completion:\n```sql\ncount(*)\n```", "count(*)"),
    ("a subquery", "SELECT * FROM (‸) t\n", "SELECT id FROM orders) t", "SELECT id FROM orders"),
    ("not balanced", "SELECT ‸\nFROM t\n", "max(net", ""),
)

MARKDOWN = rows(
    "README.md",
    ("a sentence", "# Tax\n\nThis package ‸\n", "computes taxes.", "computes taxes."),
    ("a greeting in the text stays", "# Tax\n\n‸\n", "Here is what it does.", "Here is what it does."),
    (
        "a greeting before a fence",
        "# Tax\n\n‸\n",
        "Here is the text:\n\n```markdown\nIt computes taxes.\n```",
        "It computes taxes.",
    ),
    ("a fence that belongs to it", "# Tax\n\nRun:\n\n‸\n", "```sh\nmake tax\n```", "```sh\nmake tax\n```"),
    (
        "a fence around a fence",
        "# Tax\n\n‸\n",
        "````markdown\nRun:\n\n```sh\nmake tax\n```\n````",
        "Run:\n\n```sh\nmake tax\n```",
    ),
    ("an open fence", "# Tax\n\n‸\n", "Run:\n\n```sh\nmake tax", "Run:"),
    ("a fence that is closed below", "```sh\n‸\n```\n", "make tax\n```", "make tax"),
    ("a list goes on", "- one\n- ‸\n", "- two\n- three", "two\n- three"),
    ("the heading that follows", "# A\n\n‸\n\n## B\n", "Text.\n\n## B\n\nMore.", "Text."),
    ("the word again", "The quick bro‸\n", "brown fox", "wn fox"),
    ("too many blank lines", "# A\n\n‸\n", "One.\n\n\nTwo.", "One."),
)

UNKNOWN = [
    *rows("Makefile", ("a recipe", "test:\n\t‸\n", "pytest -q (", "pytest -q (")),
    *rows("notes.txt", ("prose", "We met ‸\n", "on Monday (early", "on Monday (early")),
]
