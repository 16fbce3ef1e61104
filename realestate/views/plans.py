"""What a project keeps of its payment plans."""

from realestate.models.projects import Project
from realestate.reading import Detail
from realestate.schemas.plans import PlansKept

PLANS = Detail(Project, PlansKept)
