"""What every section of config.yaml is made from."""

from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

T = TypeVar("T")


class Section(BaseModel):
    """Frozen, and strict about keys: a misspelt key would otherwise be a setting that silently does nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: object) -> object:
        """A key left out has its default, also one inside a section whose default is a whole."""
        if not isinstance(data, dict):
            return data
        filled = dict(data)
        for name, field in cls.model_fields.items():
            key = field.alias or name
            if key not in data:
                continue
            if data[key] is None and isinstance(field.default, Section | tuple):
                del filled[key]  # a heading whose lines are all commented out
            elif isinstance(field.default, Section):
                filled[key] = _fill_in(data[key], field.default)
        return filled


def _fill_in(data: object, default: Section) -> object:
    if not isinstance(data, dict):
        return data
    filled = dict(data)
    for name, field in type(default).model_fields.items():
        key, value = field.alias or name, getattr(default, name)
        if key not in data:
            filled[key] = value
        elif isinstance(value, Section):
            filled[key] = _fill_in(data[key], value)
    return filled


class ByTier(Section, Generic[T]):
    """One value for each tier."""

    A: T = Field(description="Customers of tier A")
    B: T = Field(description="Customers of tier B")
    C: T = Field(description="Customers of tier C")
    new: T = Field(description="Customers of tier new")

    def of(self, tier: str) -> T:
        """The value of tier `A`, `B`, `C` or `new`; KeyError for another."""
        if tier not in type(self).model_fields:
            raise KeyError(tier)
        value: T = getattr(self, tier)
        return value
