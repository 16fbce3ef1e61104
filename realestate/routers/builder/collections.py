"""What is still to be collected."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, asked
from realestate.dependencies.guards import may
from realestate.models.accounts import Permission
from realestate.routing import Router
from realestate.schemas.statements import CollectionQuestion, Collections
from realestate.views.statements import COLLECTIONS

router = Router(prefix="/api/builder/collections", tags=["payments (builder)"])


@router.get("", response_model=Collections, dependencies=[may(Permission.reports_read)])
async def get_collections(question: Annotated[CollectionQuestion, asked(CollectionQuestion)], read: BuilderReader) -> Response:
    """What has been demanded and not been paid, by currency and age, and who owes longest."""
    return await read.summary(COLLECTIONS, project_id=question.project_id)
