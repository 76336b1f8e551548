"""`lakewright completion SHELL`: the script that a shell evaluates."""

import click
from click.shell_completion import get_completion_class


@click.command(
    epilog="""\b
Examples:
  bash:  echo 'eval "$(lakewright completion bash)"' >> ~/.bashrc
  zsh:   echo 'eval "$(lakewright completion zsh)"' >> ~/.zshrc
  fish:  lakewright completion fish > ~/.config/fish/completions/lakewright.fish
"""
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands and options in SHELL."""
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "lakewright", "_LAKEWRIGHT_COMPLETE").source())
