"""3D models, as their audiences see them and the builder's team keeps them."""

from fastapi import BackgroundTasks, Response

from realestate.adapters import objects
from realestate.dependencies import AnyReader, BuilderReader, BuilderSession, ExpectedVersion, answer
from realestate.dependencies.guards import Reporter
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.documents import DocumentOut
from realestate.schemas.models3d import ModelOut, ModelUpdate
from realestate.services import models3d
from realestate.uploads import LARGEST_MODEL, Edition, ModelSaid, ModelUpload
from realestate.views.models3d import EDITIONS, MODEL, MODEL_FILE, MODELS_OF_PROJECT

router = Router(prefix="/api", tags=["models"])


@router.get("/projects/{project_id}/models", response_model=list[ModelOut])
async def list_project_models(project_id: Id, read: AnyReader) -> Response:
    """What is published, and for the team its drafts: models of the project first, then those of units."""
    return await read.all(MODELS_OF_PROJECT, project_id=project_id)


@router.post("/models", response_model=ModelOut, status_code=201, max_body_size=LARGEST_MODEL, responses=problems(404, 409))
async def create_model(member: Reporter, said: ModelSaid, upload: ModelUpload, session: BuilderSession) -> Response:
    """Upload a model of at most 100 MB: GLB or glTF 2.0, whole in one file, which viewers show; OBJ, FBX, STL, USDZ, IFC or SKP for download.

    It is published at once unless `publish_state` says otherwise, and seen when its project is. `access_level` decides who may download.
    """
    model = await models3d.create(session, member, upload, said)
    return await answer(session, MODEL, model.id, 201)


@router.get("/models/{model_id}", response_model=ModelOut, responses=CONDITIONAL)
async def get_model(model_id: Id, read: AnyReader) -> Response:
    """One model. `file_url` is null to whom its `access_level` does not let download it."""
    return await read.one(MODEL, model_id)


@router.get("/models/{model_id}/file", response_model=DocumentOut, responses=CONDITIONAL)
async def get_model_file(model_id: Id, read: AnyReader) -> Response:
    """A link to its file that works for an hour; 404 to whom `access_level` does not let download it."""
    return await read.one(MODEL_FILE, model_id)


@router.get("/models/{model_id}/editions", response_model=list[DocumentOut])
async def list_model_editions(model_id: Id, read: BuilderReader) -> Response:
    """Every file that it has had, newest first, for the team."""
    return await read.all(EDITIONS, model_id=model_id)


@router.post(
    "/models/{model_id}/editions", response_model=ModelOut, status_code=201, max_body_size=LARGEST_MODEL, responses=problems(409, 412)
)
async def replace_model_file(
    model_id: Id, member: Reporter, version: ExpectedVersion, upload: Edition, session: BuilderSession
) -> Response:
    """Give it a new file; the team keeps the old one. 409 `SAME_FILE` for the one that it has."""
    await models3d.replace_file(session, member, upload, model_id, version)
    return await answer(session, MODEL, model_id, 201)


@router.patch("/models/{model_id}", response_model=ModelOut, responses=problems(409, 412))
async def change_model(model_id: Id, said: ModelUpdate, version: ExpectedVersion, _: Reporter, session: BuilderSession) -> Response:
    """Change what is sent and leave the rest. Links that were written for people who may no longer download it stop at once."""
    await models3d.change(session, model_id, version, said)
    return await answer(session, MODEL, model_id)


@router.delete("/models/{model_id}", response_model=Said, responses=problems(409, 412))
async def delete_model(model_id: Id, version: ExpectedVersion, _: Reporter, tasks: BackgroundTasks, session: BuilderSession) -> Said:
    """With every file that it has had."""
    tasks.add_task(objects.delete, await models3d.delete(session, model_id, version))  # runs when the rows are gone for good
    return Said(message="The model has been deleted.")
