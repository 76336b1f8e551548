"""`~/.databrickscfg`: the profiles that the Databricks tools share, read as they read it."""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lakewright.errors import ConfigError

_DEFAULT = "DEFAULT"
_SETTINGS = "__settings__"
_HINT = "Correct the file, or write it anew with `databricks auth login --host https://<your host>`."


@dataclass(frozen=True, slots=True)
class ProfilesFile:
    """The profiles by name, in the file's order. Their values hold tokens."""

    path: Path
    profiles: Mapping[str, Mapping[str, str]] = field(repr=False)
    default: str | None
    """The profile that is meant when none is named."""

    def get(self, name: str, *, named_by: str) -> Mapping[str, str]:
        """The values of a profile. Raises ConfigError that lists those there are."""
        if name in self.profiles:
            return self.profiles[name]
        known = ", ".join(self.profiles) or "none"
        raise ConfigError(
            f"{named_by} names the profile {name!r}, which is not in {self.path}.",
            hint=f"Profiles there: {known}. `databricks auth login --profile {name}` makes it.",
        )


def read_profiles(environ: Mapping[str, str]) -> ProfilesFile:
    """Read the file (`DATABRICKS_CONFIG_FILE`, else in the home folder); without one there are none.

    Raises ConfigError with file and line where it can't be read.
    """
    named = environ.get("DATABRICKS_CONFIG_FILE")
    path = Path(named or "~/.databrickscfg").expanduser()
    if not path.exists():
        if named:
            raise ConfigError(
                f"DATABRICKS_CONFIG_FILE names {path}, which does not exist.",
                hint="Create it, or unset DATABRICKS_CONFIG_FILE.",
            )
        return ProfilesFile(path, {}, None)
    # No default section: in these files DEFAULT is a profile like the others and gives nothing to them.
    parser = configparser.RawConfigParser(default_section="\0", strict=True)
    try:
        parser.read_string(path.read_text("utf-8-sig"), source=str(path))
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}.", hint="Make it readable for you."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", hint=_HINT) from None
    except configparser.Error as error:
        raise ConfigError(_broken(path, error), hint=_HINT) from None
    profiles = {
        name: {key: value.strip() for key, value in parser.items(name) if value and value.strip()}
        for name in parser.sections()
        if name != _SETTINGS
    }
    return ProfilesFile(path, profiles, _default(parser, profiles))


def _default(parser: configparser.RawConfigParser, profiles: Mapping[str, Mapping[str, str]]) -> str | None:
    chosen = parser.get(_SETTINGS, "default_profile", fallback="").strip()
    if chosen:
        return chosen
    if profiles.get(_DEFAULT):
        return _DEFAULT
    return next(iter(profiles)) if len(profiles) == 1 else None


def _broken(path: Path, error: configparser.Error) -> str:
    """The parser's own message quotes the line, which may hold a token."""
    match error:
        case configparser.DuplicateOptionError():
            return f"{path}:{error.lineno}: the key `{error.option}` stands twice in [{error.section}]."
        case configparser.DuplicateSectionError():
            return f"{path}:{error.lineno}: the profile [{error.section}] stands twice."
        case configparser.MissingSectionHeaderError():
            return f"{path}:{error.lineno}: a line stands before the first [profile]."
        case configparser.ParsingError() if error.errors:
            return f"{path}:{error.errors[0][0]}: neither a [profile] nor `key = value`."
    return f"{path} can't be read as profiles."
