"""The deny list."""

import pytest

from lakewright.workspace.denied import FOLDERS, NAMES, why_denied

_DENIED = """
.env .ENV .env.local .env.example .envrc .Env.Production prod.env .envs/.production/.postgres .flaskenv
server.pem SERVER.PEM private.key a.b.key putty.ppk id_rsa id_rsa.pub id_ed25519 id_ecdsa_sk deploy_rsa x.p12 x.PFX x.p8
ca.crt ca.cer site.csr release.jks release.keystore trust.truststore vault.kdbx login.keychain-db
.databrickscfg .databrickscfg.bak .netrc _netrc .pgpass .my.cnf .npmrc .yarnrc.yml .pypirc pip.conf .git-credentials
.htpasswd .boto .s3cfg .dockercfg .dockerconfigjson auth.json .vault-token .terraformrc kaggle.json
credentials credentials.json credentials.yml credentials.csv my-service-account-1.json client_secret_12.json
application_default_credentials.json azureProfile.json accessTokens.json kubeconfig kubeconfig.yml dev.kubeconfig
secrets secrets.yml secrets.toml secrets.py Secrets.JSON app-secrets.yaml db-secret.yml .secrets .secrets.baseline passwd
terraform.tfstate terraform.tfstate.backup prod.tfvars prod.tfvars.json .bash_history .psql_history heap.hprof
.git/config .git/hooks/pre-commit .GIT/config .hg/hgrc .svn/entries .ssh/config .ssh/known_hosts .gnupg/pubring.kbx
.aws/config .azure/x .kube/config .docker/config.json .config/gcloud/x.db .config/gh/hosts.yml .m2/settings.xml
.cargo/credentials.toml .dbt/profiles.yml .terraform/environment .databricks/bundle/dev/x.json .password-store/a
""".split()
_ALLOWED = """
README.md src/env.py environment.yml envoy.yaml .github/workflows/ci.yml .gitignore .gitattributes .gitlab-ci.yml
keys.py keyboard.py monkey.py token.py tokens.go secrets.go Secrets.java secrets.rs credentials.py credentials.ts
passwords.py secret.go secrets_manager.py src/secrets/manager.py src/credentials/provider.go .docker/Dockerfile
package.json pyproject.toml requirements.txt terraform/main.tf variables.tf auth.py auth.ts certificate.py
src/.config/app.yaml data.pem.md .python-version .vscode/settings.json databricks.yml dbt/profiles_test.py
""".split()


@pytest.mark.parametrize("path", _DENIED)
def test_secrets_are_denied(path: str) -> None:
    """Files that hold secrets by their name are denied at the top, deep down and in capitals."""
    names = path.split("/")
    assert why_denied((), names)
    assert why_denied((), ["deep", "down", *names])
    assert why_denied((), [name.upper() for name in names])


@pytest.mark.parametrize("path", _ALLOWED)
def test_code_is_not_denied(path: str) -> None:
    """Source files and ordinary configuration stay readable."""
    assert why_denied((), path.split("/")) is None


def test_a_root_in_a_folder_of_keys_opens_nothing() -> None:
    """Making such a folder the root is no way round the list."""
    assert why_denied(("home", "me", ".ssh"), ("config",)) == "folder of keys"
    assert why_denied(("home", "me", ".docker"), ("config.json",)) == "credentials of a program"


def test_another_form_of_unicode_is_no_way_round() -> None:
    """Letters that fold to those of the list are the same letters."""
    assert why_denied((), ["\u212aubeconfig"])  # the Kelvin sign
    assert why_denied((), ["\u017fecrets.yml"])  # a long s


def test_the_list_is_at_least_as_long_as_the_best_peers() -> None:
    """The best peer counts about 60 patterns."""
    patterns = [one for table in (NAMES, FOLDERS) for row in table.values() for one in row.split()]
    assert len(patterns) == len(set(patterns)) >= 120


def test_a_folder_is_judged_by_its_own_name_only_with_a_dot() -> None:
    """A package named `secrets` is code; a folder named `.envs` is not."""
    assert why_denied((), ("secrets",), is_folder=True) is None
    assert why_denied((), (".envs",), is_folder=True)
