"""Files of people: looked at and stored, written down, given a place, swept.

A room that takes uploads does three things: its route depends on an `uploads` type, which stores the file *before* the transaction
begins and removes it again when that fails; `receive` writes the row; `attach` (now, or when a message names it) gives it its place:

    document = await documents.receive(session, member, upload, DocumentKind.attachment)
    await documents.attach(session, member, [document.id], Place(DocumentSubject.message, message.id, builder_id, project_id, customer_id=…))
"""

from realestate.services.documents.contents import Content, look_at
from realestate.services.documents.keeping import Upload, stored, sweep
from realestate.services.documents.opening import Opened, open_file, open_thumbnail, opened
from realestate.services.documents.placing import Place, attach, create, delete, id_in_link, receive, show, withdraw

__all__ = [
    "Content",
    "Opened",
    "Place",
    "Upload",
    "attach",
    "create",
    "delete",
    "id_in_link",
    "look_at",
    "open_file",
    "open_thumbnail",
    "opened",
    "receive",
    "show",
    "stored",
    "sweep",
    "withdraw",
]
