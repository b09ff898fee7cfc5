"""What was answered to requests over HTTP, so that one sent again is answered again and done once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Word


class ApiAnswer(Base):
    """Counts only: nothing of the people the request was about."""

    __tablename__ = "api_answers"

    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[Word]  # of the request: the same key with another is a mistake
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)
