"""Posts through the real tweepy: mentions, replies, lookups, pages."""

from __future__ import annotations

import pytest
import tweepy

from tests.local_x.clients import ask, client

FIELDS = {
    "tweet_fields": ["author_id", "created_at", "conversation_id", "referenced_tweets"],
    "expansions": ["author_id", "referenced_tweets.id"],
    "user_fields": ["username"],
}


async def mentions(api, x, **more):
    return await ask(lambda: api.get_users_mentions(x.brand.id, user_auth=True, **more))


async def reply(api, post, text):
    return await ask(lambda: api.create_tweet(text=text, in_reply_to_tweet_id=post.id))


async def test_tells_who_we_are(x, api):
    me = await ask(lambda: api.get_me(user_fields=["protected"]))
    assert me == {
        "data": {
            "id": x.brand.id,
            "name": "acmecare",
            "username": "acmecare",
            "protected": False,
        }
    }


async def test_a_mention_can_be_read_and_answered(x, api):
    ann = x.add_person("ann")
    post = ann.post("@AcmeCare where is my parcel?")
    page = await mentions(api, x, **FIELDS)
    [found] = page["data"]
    assert found["id"] == post.id and found["author_id"] == ann.id
    assert found["created_at"] == "2026-11-23T09:00:00.250Z"
    assert page["includes"]["users"] == [
        {"id": ann.id, "name": "ann", "username": "ann"}
    ]
    made = await reply(api, post, "We look into it.")
    assert made["data"]["text"] == "@ann We look into it."
    [answer] = ann.answers_to(post)
    assert (answer.id, answer.conversation_id) == (made["data"]["id"], post.id)
    assert x.violations == []


async def test_no_field_comes_that_was_not_asked_for(x, api):
    x.person("ann").post("@acmecare hello")
    [found] = (await mentions(api, x))["data"]
    assert set(found) == {"id", "text", "edit_history_tweet_ids"}


async def test_an_empty_page_has_no_data(x, api):
    assert await mentions(api, x) == {"meta": {"result_count": 0}}


async def test_pages_lead_to_the_oldest(x, api, clock):
    ann = x.person("ann")
    for number in range(12):
        ann.post(f"@acmecare number {number}")
        clock.advance(1)
    first = await mentions(api, x, max_results=5)
    token = first["meta"]["next_token"]
    second = await mentions(api, x, max_results=5, pagination_token=token)
    token = second["meta"]["next_token"]
    third = await mentions(api, x, max_results=5, pagination_token=token)
    assert "next_token" not in third["meta"]
    texts = [p["text"] for page in (first, second, third) for p in page["data"]]
    assert texts == [f"@acmecare number {n}" for n in reversed(range(12))]


async def test_since_id_leaves_out_what_is_known(x, api, clock):
    ann = x.person("ann")
    old = ann.post("@acmecare old")
    clock.advance(1)
    new = ann.post("@acmecare new")
    page = await mentions(api, x, since_id=old.id)
    assert [p["id"] for p in page["data"]] == [new.id]


async def test_a_wrong_parameter_is_refused_and_counted(x, api):
    with pytest.raises(tweepy.BadRequest) as caught:
        await mentions(api, x, max_results=4)
    assert "max_results" in str(caught.value)
    assert [v.kind for v in x.violations] == ["invalid"]


async def test_a_deleted_post_is_said_to_be_missing(x, api):
    ann = x.person("ann")
    gone, there = ann.post("@acmecare one"), ann.post("@acmecare two")
    ann.delete(gone)
    found = await ask(lambda: api.get_tweets([gone.id, there.id], user_auth=True))
    assert [p["id"] for p in found["data"]] == [there.id]
    [error] = found["errors"]
    assert (error["title"], error["resource_id"]) == ("Not Found Error", gone.id)
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        await reply(api, gone, "We look into it.")


async def test_an_edit_makes_a_new_id_and_keeps_the_old_one(x, api, clock):
    ann = x.person("ann")
    post = ann.post("@acmecare wher is it")
    clock.advance(60)
    new = ann.edit(post, "@acmecare where is it?")
    [found] = (await mentions(api, x))["data"]
    assert found["id"] == new.id
    assert found["edit_history_tweet_ids"] == [post.id, new.id]
    old = await ask(lambda: api.get_tweet(post.id, user_auth=True))
    assert old["data"]["text"] == "@acmecare wher is it"


async def test_links_and_signs_come_as_x_gives_them_out(x, api):
    x.person("ann").post("@acmecare a < b & see https://acme.com/help")
    [found] = (await mentions(api, x, tweet_fields=["entities"]))["data"]
    assert found["text"].startswith("@acmecare a &lt; b &amp; see https://t.co/")
    [link] = found["entities"]["urls"]
    assert link["expanded_url"] == "https://acme.com/help"
    assert found["text"][link["start"] : link["end"]] == link["url"]


async def test_what_a_protected_account_writes_is_not_seen(x, api):
    ann = x.person("ann")
    ann.account.protected = True
    ann.post("@acmecare can you see me?")
    assert (await mentions(api, x))["meta"]["result_count"] == 0


async def test_a_late_post_comes_below_newer_ones(x, api, clock):
    from datetime import timedelta

    x.faults.late = lambda number: timedelta(seconds=90 if number == 0 else 0)
    ann = x.person("ann")
    late = ann.post("@acmecare late")
    clock.advance(30)
    early = ann.post("@acmecare early")
    clock.advance(1)
    assert [p["id"] for p in (await mentions(api, x))["data"]] == [early.id]
    clock.advance(120)
    page = await mentions(api, x, since_id=early.id)
    assert page["meta"]["result_count"] == 0  # since_id alone loses it
    assert [p["id"] for p in (await mentions(api, x))["data"]] == [early.id, late.id]


async def test_search_takes_part_of_the_query_language(x, clock):
    app = client(x, bearer=x.credentials.bearer_token)
    ann = x.person("ann")
    named = ann.post("@acmecare my parcel is late")
    brand = ann.post("the acme parcel is late again")
    ann.post("nothing to do with it")

    async def found(query):
        page = await ask(lambda: app.search_recent_tweets(query))
        return {p["id"] for p in page.get("data", [])}

    assert await found('"parcel is late" -@acmecare') == {brand.id}
    assert await found("(parcel OR nothing) from:ann @acmecare") == {named.id}
    assert await found("parcel -is:reply lang:en") == {named.id, brand.id}
    with pytest.raises(tweepy.BadRequest, match="place"):
        await found("parcel place:berlin")
    with pytest.raises(tweepy.BadRequest, match="at least one positive"):
        await found("is:reply")
