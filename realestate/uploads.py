"""Files that come with a form. Each is looked at and stored before the route's transaction begins, and removed again when that fails:
name the upload before the session among a route's parameters."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated, BinaryIO

from fastapi import Depends, Form, UploadFile

from realestate.schemas.base import Input
from realestate.schemas.documents import DocumentCreate
from realestate.schemas.models3d import ModelCreate
from realestate.services import documents
from realestate.services.documents import Content, Upload
from realestate.services.documents.gltf import look_at_model

MULTIPART = "multipart/form-data"
LARGEST_DOCUMENT, LARGEST_MODEL = 25 * 1024 * 1024, 100 * 1024 * 1024
"""For `max_body_size` of a route."""


class DocumentForm(DocumentCreate):
    file: UploadFile


class AttachmentForm(Input):
    file: UploadFile


async def _document(said: Annotated[DocumentForm, Form(media_type=MULTIPART)]) -> AsyncIterator[Upload]:
    async with documents.stored(said.file.file, said.file.filename) as upload:
        yield upload


async def _attachment(said: Annotated[AttachmentForm, Form(media_type=MULTIPART)]) -> AsyncIterator[Upload]:
    async with documents.stored(said.file.file, said.file.filename) as upload:
        yield upload


class EditionForm(Input):
    file: UploadFile
    thumbnail: UploadFile | None = None


class ModelForm(ModelCreate, EditionForm):
    pass


async def _model(said: Annotated[ModelForm, Form(media_type=MULTIPART)]) -> AsyncIterator[Upload]:
    async with documents.stored(said.file.file, said.file.filename, _looking_at(said)) as upload:
        yield upload


async def _edition(said: Annotated[EditionForm, Form(media_type=MULTIPART)]) -> AsyncIterator[Upload]:
    async with documents.stored(said.file.file, said.file.filename, _looking_at(said)) as upload:
        yield upload


def _looking_at(said: EditionForm) -> Callable[[BinaryIO], Content]:
    thumbnail = said.thumbnail.file if said.thumbnail else None
    return partial(look_at_model, name=said.file.filename or "", thumbnail=thumbnail)


ModelSaid = Annotated[ModelForm, Form(media_type=MULTIPART)]
ModelUpload = Annotated[Upload, Depends(_model, scope="function")]
Edition = Annotated[Upload, Depends(_edition, scope="function")]
DocumentSaid = Annotated[DocumentForm, Form(media_type=MULTIPART)]
DocumentUpload = Annotated[Upload, Depends(_document, scope="function")]
Attachment = Annotated[Upload, Depends(_attachment, scope="function")]
"""A file and nothing else."""
