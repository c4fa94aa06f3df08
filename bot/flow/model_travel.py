"""How models travel: offered to all machines through the store, fetched by each."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from contextlib import suppress

from bot.clock import Clock
from bot.errors import ModelError
from bot.model.trained import MODEL_PARTS, REPORT_MOST, Part, Sealed, TrainedModel
from bot.ports import SharedModels, Shelf

PIECE = 768 * 1024  # bytes; as text in the store a megabyte


class LostError(ModelError):
    """A model is nowhere any more, or not for this code: another must be used."""


async def offer(
    model: TrainedModel,
    shelf: Shelf,
    shared: SharedModels,
    *,
    carry: bool,
    clock: Clock,
) -> None:
    """Make a model of this machine known to all, with its files if `carry`.

    What is there already is not sent again, so whoever was killed may be followed.

    Raises:
        ModelError: its files are not here, or were altered.
    """
    known = await shared.model(model.name)
    if known is not None:
        await shared.begin_offer(known, now=clock.now())  # it is not dropped meanwhile
        if await _is_of_use(model, shared, carry=carry):
            await _judge_anew(model, known, shelf, shared, carry=carry)
            return
    if not await asyncio.to_thread(shelf.holds, model):
        raise ModelError(f"{model.name} is not whole on this machine: train it anew")
    await shared.begin_offer(model, now=clock.now())
    if carry:
        for part in MODEL_PARTS:
            await _carry(model, part, shelf, shared)
        await _carry_report(model, shelf, shared)
    await shared.end_offer(model)


async def _judge_anew(
    model: TrainedModel,
    known: TrainedModel,
    shelf: Shelf,
    shared: SharedModels,
    *,
    carry: bool,
) -> None:
    """Let all know what the gate has said of the same bytes since they were offered."""
    since = model.archive == known.archive and model.is_judged_after(known)
    if carry:  # also what was lost of a report that is known
        await _carry_report(model if since else known, shelf, shared)
    if since:
        await shared.end_offer(model)


async def _is_of_use(model: TrainedModel, shared: SharedModels, *, carry: bool) -> bool:
    """Tell whether what was offered of a model will do.

    Trained twice, it has other bytes, and the machine that offered them may be gone.
    """
    known = await shared.model(model.name)
    if known is None:
        return False
    if await shared.carried(known, Part.ARCHIVE):
        return True
    return not carry and known.archive == model.archive


async def _carry(
    model: TrainedModel, part: Part, shelf: Shelf, shared: SharedModels
) -> None:
    done = await shared.carried(model, part)
    pieces = enumerate(shelf.pieces(model, part, PIECE))
    while (found := await asyncio.to_thread(next, pieces, None)) is not None:
        number, piece = found
        if number >= done:
            await shared.carry(model, part, number, piece)


async def _carry_report(
    model: TrainedModel, shelf: Shelf, shared: SharedModels
) -> None:
    """Send the gate's report, packed, each file in one piece; a longer one stays here."""
    for part, content in (await asyncio.to_thread(shelf.report, model)).items():
        piece = await asyncio.to_thread(gzip.compress, content, mtime=0)
        if len(piece) <= PIECE:
            await shared.carry(model, part, 0, piece)


async def fetch(model: TrainedModel, shelf: Shelf, shared: SharedModels) -> bool:
    """Bring a model from the store to this machine, as a whole or not at all.

    Returns:
        False if it is here as it was sealed: nothing was brought.

    Raises:
        ModelError: the store does not carry it, or it was damaged.
    """
    if await asyncio.to_thread(shelf.holds, model):
        return False
    with shelf.receive(model) as receiving:
        for part in MODEL_PARTS:
            found = False
            async for piece in shared.pieces(model, part):
                await asyncio.to_thread(receiving.take, part, piece)
                found = True
            if not found:
                raise LostError("its file is not on this machine, and not in the store")
        await asyncio.to_thread(receiving.finish)
    return True


async def fetch_report(model: TrainedModel, shelf: Shelf, shared: SharedModels) -> bool:
    """Bring the gate's report on a model to this machine, as a whole or not at all.

    Returns:
        Whether it is here as it was sealed; False if it has none that travels, or the
        store does not carry it.

    Raises:
        ModelError: it was damaged.
    """
    if not model.report:
        return False
    if await asyncio.to_thread(shelf.report, model):
        return True
    files: dict[Part, bytes] = {}
    for part, sealed in model.report.items():
        async for piece in shared.pieces(model, part):
            files[part] = await asyncio.to_thread(_unpacked, piece, sealed)
    if files.keys() != model.report.keys():
        return False
    await asyncio.to_thread(shelf.put_report, model, files)
    return True


def _unpacked(piece: bytes, sealed: Sealed) -> bytes:
    """Return what was packed, cut where it is longer than it was sealed."""
    with suppress(zlib.error):  # what is damaged is shown to nobody
        most = min(sealed.size, REPORT_MOST) + 1
        return zlib.decompressobj(wbits=31).decompress(piece, most)
    return b""
