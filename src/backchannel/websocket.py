"""Answers from the kernel reach the page at once.

Jupyter's server leaves Nagle's algorithm on, so that a small message waits for the page's acknowledgement
of the one before, which browsers delay by about 40 ms. For a student who labels by keyboard that is most of
the time between key press and "saved". Tornado's documentation of ``set_nodelay`` recommends turning it off
for small messages.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Jupyter's own connection between page and kernel, without the delay."""

    def connect(self) -> Any:
        """Connect as usual, once small messages need not wait."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
