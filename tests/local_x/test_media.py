"""Uploads, through `client.request` as tweepy has no v2 way of its own."""

from __future__ import annotations

import base64

import aiohttp
import pytest
import tweepy

from tests.local_x.clients import ask, client

PNG = b"\x89PNG\r\n\x1a\n" + bytes(3000)


@pytest.fixture
def uploader(x):
    return client(x, bearer=x.grant().access)


async def upload(api, route="", **body):
    path = f"/2/media/upload{route}"
    return (await ask(lambda: api.request("POST", path, json=body))).json()["data"]


async def test_a_picture_goes_up_in_one_go_and_into_a_reply(x, api, uploader):
    media = base64.b64encode(PNG).decode()
    told = await upload(uploader, media=media, media_category="tweet_image")
    post = x.person("ann").post("@acmecare how does it look?")
    await ask(
        lambda: api.create_tweet(
            text="Like this.", in_reply_to_tweet_id=post.id, media_ids=[told["id"]]
        )
    )
    [ours] = x.posts()
    assert x.core.world.media[ours.media_keys[0]].content == PNG


async def test_a_picture_goes_up_in_parts_and_into_a_message(x, uploader):
    begun = await upload(
        uploader,
        "/initialize",
        media_type="image/png",
        total_bytes=len(PNG),
        media_category="dm_image",
    )
    for number, part in enumerate((PNG[:1000], PNG[1000:])):
        form = aiohttp.FormData({"segment_index": str(number)})
        form.add_field("media", part, filename="part")
        token = {"Authorization": f"Bearer {uploader.bearer_token}"}
        url = f"{x.url}/2/media/upload/{begun['id']}/append"
        async with (
            aiohttp.ClientSession(headers=token) as session,
            session.post(url, data=form) as answer,
        ):
            assert answer.status == 200, await answer.text()
    ended = await upload(uploader, f"/{begun['id']}/finalize")
    assert ended["size"] == len(PNG)
    ann = x.person("ann")
    ann.message(x.brand, "show me")
    await ask(
        lambda: uploader.create_direct_message(
            participant_id=ann.id, media_id=begun["id"], user_auth=False
        )
    )
    assert ann.messages_with(x.brand)[-1].media_keys == (begun["media_key"],)


async def test_parts_have_to_add_up(x, uploader):
    begun = await upload(uploader, "/initialize", total_bytes=10)
    with pytest.raises(tweepy.BadRequest, match="add up"):
        await upload(uploader, f"/{begun['id']}/finalize")


async def test_a_picture_that_was_never_uploaded_is_refused(x, api):
    post = x.person("ann").post("@acmecare how does it look?")
    with pytest.raises(tweepy.BadRequest, match="media IDs"):
        await ask(
            lambda: api.create_tweet(
                text="So.", in_reply_to_tweet_id=post.id, media_ids=["123"]
            )
        )
