"""The command `cofactor`."""

from cofactor.cli._app import app as app
from cofactor.cli._app import guarded as guarded
from cofactor.cli._app import main as main
