"""The deny list: files that hold secrets, whatever git or the user says about them.

Letter case doesn't count. Templates such as `.env.example` are denied with the rest of `.env*`: they
hold a real value too often, and the code that reads them says what they need. A source file of a
compiled language may be named `secrets` (`secrets.go`): it holds code; so may code in a folder of
that name, where everything else is denied.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

NAMES: Mapping[str, str] = {
    "environment file": ".env* *.env .flaskenv .dev.vars*",
    "private key": (
        "*.pem *.key *.ppk *.pvk *.p8 *.pk8 *.pkcs8 *.pkcs12 *.p12 *.pfx *.p7b *.p7c *.der id_rsa* id_dsa*"
        " id_ecdsa* id_ed25519* *_rsa *_dsa *_ecdsa *_ed25519 *.agekey *.asc *.gpg *.pgp"
    ),
    "certificate": "*.crt *.cer *.cert *.csr *.ca-bundle *.mobileprovision",
    "key store": (
        "*.jks *.jceks *.bks *.keystore *.truststore *.kdb *.kdbx *.kwallet *.keychain *.keychain-db *.wallet"
        " *.ovpn"
    ),
    "Databricks credentials": ".databrickscfg* .databricks-connect*",
    "credentials of a program": (
        ".netrc* _netrc .pgpass* pgpass.conf .my.cnf .mylogin.cnf .npmrc .yarnrc .yarnrc.yml .pypirc pip.conf"
        " pip.ini .condarc .git-credentials .gitcookies .dockercfg .dockerconfigjson .htpasswd .htdigest"
        " .boto .s3cfg .vault-token .vault_pass* vault_pass* kaggle.json .terraformrc terraform.rc auth.json"
        " settings-security.xml .rclone.conf rclone.conf .snowsql .msmtprc .fetchmailrc"
    ),
    "credentials file": (
        "credentials .credentials* credentials.* *.credentials *_credentials.json *-credentials.json"
        " client_secret*.json *service-account*.json *service_account*.json *serviceaccount*.json"
        " application_default_credentials* accesstokens.json azureprofile.json msal_token_cache* adc.json"
        " kubeconfig* *.kubeconfig *.publishsettings passwd .passwd* shadow passwords.* password.txt"
        " *.secret *.token"
    ),
    "secrets file": "secret .secret secrets .secrets* secrets.* *.secrets *-secrets.y*ml *-secret.y*ml",
    "infrastructure state": "*.tfstate *.tfstate.* *.tfvars *.tfvars.json",
    "history of a shell": (
        ".bash_history .zsh_history .sh_history .python_history .psql_history .mysql_history .sqlite_history"
        " .node_repl_history .rediscli_history"
    ),
    "memory dump": "*.hprof *.dmp *.mdmp",
}
"""Last names, as globs, by what they are."""

FOLDERS: Mapping[str, str] = {
    "contents of a version control folder": ".git .hg .svn .bzr",
    "folder of keys": ".ssh .gnupg .password-store keychains keyrings",
    "credentials of a cloud": ".aws .azure .kube .config/gcloud .gcloud .databricks .oci .terraform .pulumi",
    "credentials of a program": (
        ".docker/config.json .cargo/credentials.toml .cargo/credentials .gem/credentials .m2/settings.xml"
        " .gradle/gradle.properties .config/gh .config/hub .config/op .config/github-copilot .config/rclone"
        " .dbt/profiles.yml .subversion/auth .config/containers .composer/auth.json .continue/config.yaml"
    ),
}
"""Names that follow each other in a path: a folder, and all below it, or a file."""

_COMPILED = (
    ".c",
    ".cc",
    ".cpp",
    ".cs",
    ".go",
    ".h",
    ".hpp",
    ".java",
    ".kt",
    ".rs",
    ".scala",
    ".swift",
    ".ts",
    ".tsx",
)
_SCRIPTS = (".py", ".pyi", ".js", ".jsx", ".mjs", ".rb", ".php")
_CODE: Mapping[str, tuple[str, ...]] = {
    "secrets.*": _COMPILED,
    "passwords.*": _COMPILED + _SCRIPTS,
    "credentials.*": _COMPILED + _SCRIPTS,
}
"""Source files that may bear such a name."""


def why_denied(above: Sequence[str], names: Sequence[str], *, is_folder: bool = False) -> str | None:
    """What the path is on the deny list as; None where it isn't.

    `names` lead from the root to the path, `above` to the root: a root in a folder of keys opens
    nothing. A folder is judged by its own name only when that begins with a dot (`.envs/`).
    """
    folded = [_folded(name) for name in (*above, *names)]
    for index, name in enumerate(folded):
        for chain, what in _CHAINS.get(name, ()):
            if folded[index : index + len(chain)] == chain:
                return what
    below = folded[len(above) :]
    if "secrets" in below[:-1] and not is_folder and not below[-1].endswith(_COMPILED + _SCRIPTS):
        return "file in a folder of secrets"
    judged = (
        name
        for index, name in enumerate(below, 1)
        if name[0] == "." or (index == len(below) and not is_folder)
    )
    return next((what for what in map(_why_name, judged) if what), None)


def _folded(name: str) -> str:
    """Small letters, composed; so that another spelling of a name is no way round."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def _why_name(name: str) -> str | None:
    passed = name in _EXACT or name.endswith(_ENDS) or name.startswith(_BEGINNINGS)
    if not passed and not any(part in name for part in _MIDDLES):
        return None
    for glob, what in _GLOBS:
        if fnmatchcase(name, glob) and not name.endswith(_CODE.get(glob, "/")):
            return what
    return None


def _chains() -> dict[str, list[tuple[list[str], str]]]:
    """The folders by their first name."""
    chains: dict[str, list[tuple[list[str], str]]] = {}
    for what, paths in FOLDERS.items():
        for path in paths.split():
            names = path.split("/")
            chains.setdefault(names[0], []).append((names, what))
    return chains


_CHAINS = _chains()
_GLOBS = tuple((glob, what) for what, globs in NAMES.items() for glob in globs.split())
# Ten thousand names are judged for one listing: what no glob can fit is passed over at once.
_EXACT = frozenset(glob for glob, _ in _GLOBS if "*" not in glob)
_ENDS = tuple(glob[1:] for glob, _ in _GLOBS if glob.startswith("*") and "*" not in glob[1:])
_BEGINNINGS = tuple(
    {glob.partition("*")[0] for glob, _ in _GLOBS if "*" in glob and not glob.startswith("*")}
)
_MIDDLES = tuple(
    glob.strip("*").partition("*")[0] for glob, _ in _GLOBS if glob.startswith("*") and "*" in glob[1:]
)
