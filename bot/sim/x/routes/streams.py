"""What the streams are told to bring: subscriptions and rules; and the usage."""

from __future__ import annotations

from datetime import timedelta, timezone

from bot.sim.x.core import Core
from bot.sim.x.endpoint import APPS, BOTH, Answer, Ask, Endpoint
from bot.sim.x.hub import EVENT_TYPES, PRIVATE, Rule, Subscription
from bot.sim.x.limits import Limit, Limits
from bot.sim.x.query import parse
from bot.sim.x.refusals import Refused, forbidden, invalid, not_found
from bot.sim.x.shapes.answers import USAGE, data
from bot.sim.x.shapes.bodies import NEW_SUBSCRIPTION, RULES
from bot.sim.x.shapes.check import (
    COUNT,
    ID,
    MOMENT,
    TEXT,
    a_list,
    a_truth,
    an_object,
)
from bot.sim.x.shapes.query import ids, number, truth, words
from bot.sim.x.wire import Json, stamp

RULES_AT_MOST = 1000


def _subscription(wish: Subscription) -> Json:
    told: Json = {
        "subscription_id": wish.id,
        "event_type": wish.event_type,
        "filter": {"user_id": wish.user_id},
        "created_at": stamp(wish.created_at),
        "updated_at": stamp(wish.created_at),
    }
    return {**told, "tag": wish.tag} if wish.tag else told


def subscribe(core: Core, ask: Ask) -> Answer:
    """Wish for a kind of event; private kinds only for the account that asks."""
    event_type = str(ask.body["event_type"])
    user_id = str(ask.body["filter"].get("user_id", ""))
    if event_type not in EVENT_TYPES or not user_id:
        says = "$.event_type: is not supported here, or has no filter.user_id"
        raise invalid(says, name="event_type", value=event_type)
    if event_type in PRIVATE and (ask.who.is_app or ask.who.user.id != user_id):
        says = f"{event_type} needs the user context of the account it is about."
        raise forbidden("subscription_not_yours", says)
    if any(core.hub.wishes(event_type, user_id)):
        raise invalid("DuplicateSubscription", name="event_type", value=event_type)
    now = core.clock.now()
    tag = str(ask.body.get("tag", ""))
    wish = Subscription(core.world.ids.id(now), event_type, user_id, tag, now)
    core.hub.subscriptions[wish.id] = wish
    body = {"data": {"subscription": _subscription(wish)}}
    return Answer(body, effect=wish.id)


def subscriptions(core: Core, _ask: Ask) -> Answer:
    wishes = [_subscription(wish) for wish in core.hub.subscriptions.values()]
    return Answer({"data": wishes} if wishes else {})


def unsubscribe(core: Core, ask: Ask) -> Answer:
    wish = core.hub.subscriptions.pop(ask.path["subscription_id"], None)
    if wish is None:
        raise not_found()
    return Answer({"data": {"deleted": True}}, effect=wish.id)


def rules(core: Core, ask: Ask) -> Answer:
    wanted = ask.query.get("ids")
    found = [
        _rule(rule)
        for rule in core.hub.rules.values()
        if not isinstance(wanted, tuple) or rule.id in wanted
    ]
    meta: Json = {"sent": stamp(core.clock.now()), "result_count": len(found)}
    return Answer({**({"data": found} if found else {}), "meta": meta})


def change_rules(core: Core, ask: Ask) -> Answer:
    """Add or delete rules of the filtered stream."""
    added, deleted = ask.body.get("add"), ask.body.get("delete")
    if (added is None) == (deleted is None):
        raise invalid("Exactly one of `add`, `delete` must be specified")
    meta: Json = {"sent": stamp(core.clock.now())}
    if deleted is not None:
        gone = _delete_rules(core, deleted, dry=ask.query.get("dry_run") is True)
        meta["summary"] = {"deleted": gone, "not_deleted": 0}
        return Answer({"meta": meta})
    made = [_new_rule(core, rule) for rule in added or []]
    if len(core.hub.rules) + len(made) > RULES_AT_MOST:
        raise _too_many_rules()
    if ask.query.get("dry_run") is not True:
        core.hub.rules |= {rule.id: rule for rule in made}
    count = len(made)
    meta["summary"] = {
        "created": count,
        "not_created": 0,
        "valid": count,
        "invalid": 0,
    }
    body = {"data": [_rule(rule) for rule in made], "meta": meta}
    return Answer(body, effect=made[0].id if made else "")


def _new_rule(core: Core, rule: Json) -> Rule:
    value = str(rule["value"])
    parse(value)
    if any(value == known.value for known in core.hub.rules.values()):
        raise invalid("DuplicateRule", name="add", value=value)
    return Rule(core.world.ids.id(core.clock.now()), value, str(rule.get("tag", "")))


def _delete_rules(core: Core, deleted: Json, *, dry: bool) -> int:
    values = set(deleted.get("values", []))
    wanted = set(deleted.get("ids", []))
    gone = [
        r.id for r in core.hub.rules.values() if r.id in wanted or r.value in values
    ]
    for rule_id in gone if not dry else []:
        del core.hub.rules[rule_id]
    return len(gone)


def _rule(rule: Rule) -> Json:
    told: Json = {"id": rule.id, "value": rule.value}
    return {**told, "tag": rule.tag} if rule.tag else told


def _too_many_rules() -> Refused:
    return invalid(f"RulesCapExceeded: at most {RULES_AT_MOST}", name="add")


def usage(core: Core, ask: Ask) -> Answer:
    """Posts that were read, a number for each day."""
    today = core.clock.now().astimezone(timezone.utc).date()
    days = [today - timedelta(days=n) for n in range(ask.count("days", 7))]
    reads = core.credit.reads
    daily = [
        {"date": f"{day}T00:00:00.000Z", "usage": str(reads[day])}
        for day in sorted(days)
        if day in reads
    ]
    told: Json = {
        "project_id": "1",
        "project_cap": "0",
        "project_usage": str(sum(reads.values())),
        "cap_reset_day": 1,
        "daily_project_usage": {"project_id": "1", "usage": daily},
    }
    return Answer({"data": told})


_SUBSCRIPTION = an_object(
    {
        "subscription_id": ID,
        "event_type": TEXT,
        "filter": an_object({"user_id": ID}),
        "created_at": MOMENT,
        "updated_at": MOMENT,
    },
    {"tag": TEXT},
)
_RULE = an_object({"id": ID, "value": TEXT}, {"tag": TEXT})
_SUMMARY = an_object(
    {},
    dict.fromkeys(
        ("created", "not_created", "valid", "invalid", "deleted", "not_deleted"), COUNT
    ),
)
_META = an_object({"sent": MOMENT}, {"result_count": COUNT, "summary": _SUMMARY})
_LISTED = an_object({"meta": _META}, {"data": a_list(_RULE, least=1)})
_SUBSCRIPTIONS = "/2/activity/subscriptions"
_RULES = "/2/tweets/search/stream/rules"


def _limits(name: str, count: int) -> Limits:
    return Limits(name, (Limit(count),), (Limit(count),))


ENDPOINTS = (
    Endpoint(
        "POST",
        _SUBSCRIPTIONS,
        subscribe,
        _limits("activity.subscribe", 500),
        data({"subscription": _SUBSCRIPTION}),
        takes=BOTH,
        body=NEW_SUBSCRIPTION,
    ),
    Endpoint(
        "GET",
        _SUBSCRIPTIONS,
        subscriptions,
        _limits("activity.list", 500),
        an_object({}, {"data": a_list(_SUBSCRIPTION, least=1)}),
        takes=BOTH,
        query={"max_results": number(1, 1000), "pagination_token": words(16, 200)},
    ),
    Endpoint(
        "DELETE",
        _SUBSCRIPTIONS + "/{subscription_id}",
        unsubscribe,
        _limits("activity.unsubscribe", 500),
        data({"deleted": a_truth}),
        takes=APPS,
    ),
    Endpoint(
        "GET",
        _RULES,
        rules,
        _limits("rules.list", 450),
        _LISTED,
        takes=APPS,
        query={
            "ids": ids(1000),
            "max_results": number(1, 1000),
            "pagination_token": words(16, 16),
        },
    ),
    Endpoint(
        "POST",
        _RULES,
        change_rules,
        _limits("rules.change", 100),
        _LISTED,
        takes=APPS,
        query={"dry_run": truth},
        body=RULES,
    ),
    Endpoint(
        "GET",
        "/2/usage/tweets",
        usage,
        _limits("usage", 50),
        USAGE,
        takes=APPS,
        query={"days": number(1, 90), "usage.fields": words(1, 200)},
    ),
)
