"""A simulated Databricks host on loopback; built from `core` only, as an independent witness."""
