"""Our own PostgreSQL 18 for a machine that has none: a child of this process, on a socket only, from the binaries of a wheel.

A kill at any moment needs no hand afterwards: the lock vanishes with its process, a cluster is renamed into place when it is whole,
a server that outlived its parent is stopped by the next start, and what was committed is in the write-ahead log.
"""

from realestate.adapters.postgres.cluster import Cluster
from realestate.adapters.postgres.launcher import reached, running
from realestate.adapters.postgres.place import LaunchError

__all__ = ["Cluster", "LaunchError", "reached", "running"]
