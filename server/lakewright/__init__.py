"""Lakewright: explain, refactor and complete code with models served on Databricks."""

__version__ = "0.1.0"
