"""What portals keep here and read back; nothing in this program depends on it."""

from typing import Annotated

from pydantic import Field, StringConstraints

from realestate.models.settings import SettingScope
from realestate.schemas.base import NotBool
from realestate.schemas.settings.key import Setting

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,49}$")]
Notice = Annotated[str, StringConstraints(max_length=500)]
Preference = bool | Annotated[int, Field(ge=-(2**53), le=2**53), NotBool] | Annotated[str, StringConstraints(max_length=500)]
Preferences = Annotated[dict[Name, Preference], Field(max_length=50)]

NOTICE = Setting[str](
    "portal.notice",
    Notice,
    "",
    (SettingScope.everybody, SettingScope.builder),
    "A sentence for the top of every page, such as planned maintenance; empty: none.",
    is_public=True,
)
PREFERENCES = Setting[dict[str, bool | int | str]](
    "portal.preferences", Preferences, {}, (SettingScope.user,), "What a portal remembers of its user, such as a theme: up to 50 names."
)
