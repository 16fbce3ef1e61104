"""How the building goes: phases of the work, and what is written about it."""

from realestate.models.progress.phase import ProjectProgress
from realestate.models.progress.update import ConstructionUpdate
from realestate.models.progress.words import ProgressScope, ProgressStatus, UpdateAudience, UpdateType

__all__ = ["ConstructionUpdate", "ProgressScope", "ProgressStatus", "ProjectProgress", "UpdateAudience", "UpdateType"]
