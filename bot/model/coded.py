"""Codes with plain words beside them."""

from __future__ import annotations

from enum import Enum


class Coded(str, Enum):
    """A stable code, for events and tables; `says` is what people read."""

    says: str

    def __new__(cls, code: str, says: str) -> Coded:
        member = str.__new__(cls, code)
        member._value_ = code
        member.says = says
        return member
