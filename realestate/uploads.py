"""Files that come with a form. Each is looked at and stored before the route's transaction begins, and removed again when that fails:
name the upload before the session among a route's parameters."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Form, UploadFile
from pydantic import BaseModel

from realestate.schemas.documents import DocumentCreate
from realestate.services import documents
from realestate.services.documents import Upload

MULTIPART = "multipart/form-data"
LARGEST_DOCUMENT = 25 * 1024 * 1024
"""For `max_body_size` of a route."""


class DocumentForm(DocumentCreate):
    file: UploadFile


class AttachmentForm(BaseModel):
    file: UploadFile


async def _document(said: Annotated[DocumentForm, Form(media_type=MULTIPART)]) -> AsyncIterator[Upload]:
    async with documents.stored(said.file.file, said.file.filename) as upload:
        yield upload


async def _attachment(said: Annotated[AttachmentForm, Form(media_type=MULTIPART)]) -> AsyncIterator[Upload]:
    async with documents.stored(said.file.file, said.file.filename) as upload:
        yield upload


DocumentSaid = Annotated[DocumentForm, Form(media_type=MULTIPART)]
DocumentUpload = Annotated[Upload, Depends(_document, scope="function")]
Attachment = Annotated[Upload, Depends(_attachment, scope="function")]
"""A file and nothing else."""
