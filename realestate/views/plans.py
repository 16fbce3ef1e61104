"""What projects keep of their payment plans."""

from sqlalchemy import literal_column

from realestate.models.projects import Project
from realestate.reading import Collection, Detail
from realestate.schemas.plans import PlansKept, ProjectsPlans

PLANS = Detail(Project, PlansKept)
ALL_PLANS = Collection(Project, ProjectsPlans, Project.payment_plans != literal_column("'{}'::jsonb"), (Project.project_name, Project.id))
"""Of the caller's projects, those with plans of their own."""
