"""The section `questions` of config.yaml: what to ask customers, what an answer is worth, and how often."""

from typing import Annotated, Literal

from pydantic import Field

from bot.config.base import DAY, ByTier, Section
from bot.config.values import Duration, Name, PositiveCount, PositiveDuration, Switch

Worth = Annotated[float, Field(ge=0, le=1000)]
Use = Literal["orders", "offers", "birthday", "check_in", "after_purchase"]


class Question(Section):
    name: Name = Field(description="Which question; its words are `templates/<language>/questions/<name>`")
    fills: Literal[
        "preference", "restriction", "need", "habit", "interest", "occasion", "demographic", "contact_preference"
    ] = Field(description="Kind of fact that the answer becomes")
    worth: Worth = Field(1, description="What the answer is worth each time it is used, beside the other questions")
    serves: tuple[Use, ...] = Field(
        ("orders",),
        description="What uses the answer: the customer's orders, offers, or a follow-up rule. What is switched off, or "
        "lacks the customer's consent, uses nothing; a question that nothing uses is not asked",
    )


class QuestionBudget(Section):
    questions: PositiveCount = Field(description="At most this many questions to one customer")
    per: PositiveDuration = Field(description="In this time")


class StaleAfter(Section):
    """How long what a customer said is taken to hold; 0d is for ever."""

    preference: Duration = Field(365 * DAY, description="Likes and dislikes")
    habit: Duration = Field(180 * DAY, description="Habits")
    interest: Duration = Field(365 * DAY, description="Interests")
    demographic: Duration = Field(365 * DAY, description="City, job, household …")
    contact_preference: Duration = Field(365 * DAY, description="When and how they want to be written to")


class Questions(Section):
    ask: Switch = Field(True, description="Whether to ask at all")
    min_gap: Duration = Field(3 * DAY, description="At least this long between two questions to one customer")
    budget: ByTier[QuestionBudget] = Field(
        ByTier(
            A=QuestionBudget(questions=6, per=30 * DAY),
            B=QuestionBudget(questions=4, per=30 * DAY),
            C=QuestionBudget(questions=2, per=30 * DAY),
            new=QuestionBudget(questions=6, per=30 * DAY),
        ),
        description="How many questions, by tier",
    )
    stale_after: StaleAfter = Field(StaleAfter(), description="After how long we ask whether a fact still holds")
    list: tuple[Question, ...] = Field(
        (), description="The questions; the one worth most for a customer now comes first, each is asked at most once"
    )
