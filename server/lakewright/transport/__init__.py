"""Bytes and credentials: HTTP, TLS, proxies, retries, Databricks logins. It knows no dialect."""
