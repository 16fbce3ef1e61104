"""3D models: that there is one, and a link to its file for those who may download it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import column_property

from realestate.models.documents import Document, DocumentSubject
from realestate.models.models3d import Model3D
from realestate.models.projects import Project
from realestate.reading import Collection, Detail
from realestate.schemas.documents import DocumentOut
from realestate.schemas.models3d import ModelOut
from realestate.views.documents import FILE, THUMBNAIL, link_to


def _of_file(link: ColumnElement[Any], *where: ColumnElement[bool]) -> Any:
    """Null where the wall does not show the document."""
    shown = select(link).where(Document.model_id == Model3D.id, *where).correlate_except(Document).scalar_subquery()
    return column_property(shown, deferred=True, raiseload=True)


Model3D.file_url = _of_file(link_to(FILE, Document.id))
Model3D.thumbnail_url = _of_file(link_to(THUMBNAIL, Document.id), Document.thumbnail_key.is_not(None))

MODEL = Detail(Model3D, ModelOut, path="/api/models")
MODELS_OF_PROJECT = Collection(
    Model3D,
    ModelOut,
    where=Model3D.project_id == bindparam("project_id"),
    order=(Model3D.unit_id.nulls_first(), Model3D.id.desc()),
    parent=select(Project.id).where(Project.id == bindparam("project_id")).exists(),
)

MODEL_FILE = Detail(Document, DocumentOut, key="model_id")
EDITIONS = Collection(
    Document,
    DocumentOut,
    where=and_(Document.subject == DocumentSubject.model3d, Document.subject_id == bindparam("model_id")),
    order=(Document.edition.desc(),),
    parent=select(Model3D.id).where(Model3D.id == bindparam("model_id")).exists(),
)
