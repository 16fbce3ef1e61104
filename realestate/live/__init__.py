"""The open sockets. The inbox is the truth, a socket only a messenger: what it says is read from the table, in its user's name.

`hub` knows who is connected to this process and hears of what was committed anywhere; `talking` is the protocol of one socket.
"""

from realestate.live.hub import hub
from realestate.live.talking import Talk

__all__ = ["Talk", "hub"]
