"""The dialogues about where a case goes: resolve, assign, hand over, snooze, give back."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.desk.slack.blocks.elements import (
    Json,
    actions,
    button,
    context,
    option,
    plain_text,
    section,
)
from bot.desk.slack.blocks.facts import promise
from bot.desk.slack.blocks.limits import PLACEHOLDER
from bot.desk.slack.blocks.modal import (
    Facts,
    field,
    modal,
    options_of,
    radio,
    select,
    text_input,
)
from bot.desk.slack.blocks.moments import snooze_moments
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, plain
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.blocks.words import capital
from bot.desk.slack.ids import ActionId, Dialogue, acts_block, packed
from bot.model.case import Case

OTHER_TIME = "at"  # the choice that means what stands in the field below


def resolve_modal(case: Case, scene: Scene, facts: Facts) -> Json:
    """Ask for the reason, and for a note for colleagues."""
    reasons = options_of((one, capital(one)) for one in scene.policy.resolutions)
    blocks = [
        field(ActionId.REASON, "How did it end?", select(reasons)),
        field(
            ActionId.NOTE,
            "Note",
            text_input(placeholder="For colleagues; it stays at the desk"),
            optional=True,
        ),
        context(Mrkdwn("The bot answers this customer again from then on.")),
    ]
    title = f"Resolve {case.id}"
    return _asked(Dialogue.RESOLVE, title, blocks, case, facts, submit="Resolve")


def assign_modal(case: Case, scene: Scene, facts: Facts) -> Json:
    """Ask who is to have it."""
    whom: Json = {
        "type": "users_select",
        "placeholder": plain_text("Choose a colleague", PLACEHOLDER),
    }
    now = (
        f"{scene.called(case.assignee)} has it now."
        if case.assignee
        else "Nobody has it yet."
    )
    blocks = [
        field(ActionId.AGENT, "Assign to", whom),
        context(Mrkdwn(f"{now} Whoever gets it is told in the thread.")),
    ]
    title = f"Assign {case.id}"
    return _asked(Dialogue.ASSIGN, title, blocks, case, facts, submit="Assign")


def hand_over_modal(case: Case, scene: Scene, facts: Facts) -> Json:
    """Ask which team is to have it."""
    others = options_of(
        (team, name) for team, name in scene.policy.teams.items() if team != case.team
    )
    title = f"Hand over {case.id}"
    if not others:
        alone = [section(Mrkdwn("There is no other team in the policy."))]
        return _asked(Dialogue.HAND_OVER, title, alone, case, facts)
    blocks = [
        field(ActionId.TEAM, "Team", select(others)),
        context(
            Mrkdwn(
                "It goes to their queue, unclaimed. A team with a channel of its own "
                "gets a new card there, with the whole history."
            )
        ),
    ]
    return _asked(Dialogue.HAND_OVER, title, blocks, case, facts, submit="Hand over")


def tags_modal(case: Case, scene: Scene, facts: Facts) -> Json:
    """Ask for the tags: those of the policy, and others."""
    known = options_of((tag, tag) for tag in scene.policy.tags)[:100]
    chosen = [one for one in known if one["value"] in case.tags]
    others = [tag for tag in case.tags if tag not in scene.policy.tags]
    blocks = [
        *_tag_choice(known, chosen),
        field(
            ActionId.OWN_TAGS,
            "Others",
            text_input(initial=", ".join(others), lines=False),
            hint="Separated by commas",
            optional=True,
        ),
    ]
    return _asked(
        Dialogue.TAGS, f"Tags of {case.id}", blocks, case, facts, submit="Save"
    )


def snooze_modal(case: Case, scene: Scene, facts: Facts, *, zone: ZoneInfo) -> Json:
    """Ask until when; `zone` is that of who is asked.

    The choices are moments in seconds since 1970, or `OTHER_TIME`.
    """
    moments = snooze_moments(scene.now, scene.policy.hours, zone)
    options = [*moments, option("At another time", OTHER_TIME)]
    picked: Json = {"type": "datetimepicker"}
    blocks = [
        field(ActionId.UNTIL, "Until", radio(options, chosen=options[0])),
        field(ActionId.AT, "Another time", picked, optional=True),
        context(
            Mrkdwn(
                "It comes back then, or as soon as the customer writes. What was "
                "promised to the customer goes on."
            )
        ),
        *(context(line) for line in (promise(case, scene),) if line),
    ]
    title = f"Snooze {case.id}"
    return _asked(Dialogue.SNOOZE, title, blocks, case, facts, submit="Snooze")


def give_back_modal(case: Case, facts: Facts) -> Json:
    """Make sure that the case is to end and the bot to speak again."""
    handle = plain(f"@{case.handle}", limit=60)
    says = (
        f"*{case.id} ends, and the bot answers {handle} again.*\n"
        "Nothing reopens this case: if people are needed later, there is a new one."
    )
    return _asked(
        Dialogue.GIVE_BACK,
        "Give back to the bot",
        [section(Mrkdwn(says))],
        case,
        facts,
        submit="Give back",
    )


def block_modal(case: Case, facts: Facts) -> Json:
    """Make sure that the customer is to have no automatic message any more."""
    handle = plain(f"@{case.handle}", limit=60)
    says = (
        f"*The bot never writes to {handle} again*, as if they had asked us to stop. "
        "Agents still can, and everything they write still comes to people.\n"
        "The customer can allow it again by writing “start”."
    )
    return _asked(
        Dialogue.BLOCK,
        "Stop automatic messages",
        [section(Mrkdwn(says))],
        case,
        facts,
        submit="Stop them",
    )


def not_yours_modal(case: Case, scene: Scene, facts: Facts) -> Json:
    """Tell who has the case; offer to take it over, or to leave a note instead."""
    holder = scene.called(case.assignee)
    whose = f"{holder} has this case" if case.assignee else "Nobody has this case yet"
    take = button("Take over and reply", ActionId.TAKE_OVER, packed(case=case.id))
    blocks = [
        section(Mrkdwn(f"*{whose}*, and only its assignee answers the customer.")),
        actions([take], block_id=acts_block(case.id, "take")),
        field(
            ActionId.NOTE,
            "Or leave a note for colleagues",
            text_input(placeholder="It stays at the desk"),
        ),
    ]
    title = f"{case.id} is not yours"
    return _asked(Dialogue.NOT_YOURS, title, blocks, case, facts, submit="Add note")


def _asked(
    dialogue: Dialogue,
    title: str,
    blocks: list[Json],
    case: Case,
    facts: Facts,
    *,
    submit: str = "",
) -> Json:
    kept = {**facts, "case": case.id}
    return modal(dialogue, title, blocks, kept, submit=submit)


def _tag_choice(known: list[Json], chosen: list[Json]) -> Iterator[Json]:
    if not known:
        return
    choice: Json = {"type": "multi_static_select", "options": known}
    if chosen:
        choice["initial_options"] = chosen
    yield field(ActionId.TAGS, "Tags", choice, optional=True)
