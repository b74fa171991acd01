"""Records to rows of the database and back, by their type hints.

A scalar field is a column of its own; tuples and nested records are JSON text. Times are ISO 8601 in UTC with microseconds, so that text order is
time order. Text that has no UTF-8 form (lone surrogates, which hostile pages carry in JSON and addresses) is stored with U+FFFD in their place.
"""

import dataclasses
import json
import types
import typing
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, Protocol, TypeVar

from casefile.hostname import Hostname

ParseHost = Callable[[str], Hostname]
Reader = Callable[[Any, ParseHost], Any]
T = TypeVar("T")


class Row(Protocol):
    """A row whose columns are asked for by name."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of a column."""


def time_text(moment: datetime) -> str:
    """`moment` as stored: UTC, microseconds, `Z`. Raises `ValueError` for a naive time, which would be read in the machine's zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment.isoformat()}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def time_of(text: str) -> datetime:
    """The aware UTC time of `time_text`."""
    return datetime.fromisoformat(text)


def columns_of(kind: type) -> dict[str, Any]:
    """Field names and their resolved types, in order."""
    return _columns(kind)


@cache
def _columns(kind: Callable[..., object]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(typing.cast(Any, kind))}


def to_row(record: Any) -> dict[str, Any]:
    """The row of a record; without `id`, which the database gives."""
    return {name: _column(getattr(record, name)) for name in columns_of(type(record)) if name != "id"}


def from_row(kind: type[T], row: Row, parse: ParseHost) -> T:
    """The record of a row; `parse` makes host names."""
    return kind(**{name: read(row[name], parse) for name, read in _readers(typing.cast(Any, kind))})


@cache
def _readers(kind: Callable[..., object]) -> tuple[tuple[str, Reader], ...]:
    """How each column is read, found out once a kind of record: a list has 100,000 rows of a dozen columns."""
    return tuple((name, _reader(hint)) for name, hint in _columns(kind).items())


def _reader(hint: Any) -> Reader:
    if hint in (str, int, float):
        return lambda stored, parse: stored  # noqa: ARG005 - the shape that every reader has
    if hint is Hostname:
        return lambda stored, parse: parse(stored)
    if isinstance(hint, type) and issubclass(hint, Enum):
        members = {member.value: member for member in hint}
        return lambda stored, parse: members.get(stored) or hint(stored)  # noqa: ARG005
    if hint is datetime:
        return lambda stored, parse: time_of(stored)  # noqa: ARG005
    if typing.get_origin(hint) is tuple:
        return lambda stored, parse: () if stored == "[]" else _value(hint, stored, parse, text=True)
    return lambda stored, parse: _value(hint, stored, parse, text=True)


def from_json(kind: type[T], fields: Any) -> T:
    """The record of `as_json`, of a kind that holds no host names."""
    found: T = _value(kind, fields, _no_host, text=False)
    return found


def _no_host(text: str) -> Hostname:
    raise TypeError(f"a host name where none is expected: {text[:40]!a}")


def as_json(value: Any) -> Any:
    """A record or a part of one as plain JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, (Hostname, type)):
        return {field.name: as_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Hostname):
        return value.name
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return time_text(value)
    return value


def _column(value: Any) -> Any:
    if isinstance(value, tuple) or (dataclasses.is_dataclass(value) and not isinstance(value, Hostname)):
        return json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _scalar(value)


def _value(hint: Any, stored: Any, parse: ParseHost, *, text: bool) -> Any:
    """The value of type `hint`; `text` says that tuples and records are still JSON text."""
    if isinstance(hint, types.UnionType):
        return None if stored is None else _value(hint.__args__[0], stored, parse, text=text)
    if typing.get_origin(hint) is tuple:
        items = json.loads(stored) if text else stored
        return tuple(_value(hint.__args__[0], item, parse, text=False) for item in items)
    if dataclasses.is_dataclass(hint) and hint is not Hostname:
        fields = json.loads(stored) if text else stored
        nested = typing.cast(type, hint)
        if not isinstance(fields, dict):
            raise TypeError(f"a record is an object, not {type(fields).__name__}")
        # a field that is younger than what was stored has its default
        return nested(
            **{name: _value(part, fields[name], parse, text=False) for name, part in columns_of(nested).items() if name in fields}
        )
    return _plain_value(hint, stored, parse)


def _plain_value(hint: Any, stored: Any, parse: ParseHost) -> Any:
    if hint is Hostname:
        return parse(stored)
    if hint is datetime:
        return time_of(stored)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(stored)
    return bool(stored) if hint is bool else stored
