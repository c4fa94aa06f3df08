"""Which n-grams are learned."""

from bot.nlu.features import BlockSettings, Features

TEXTS = [["where", "is", "it"], ["where", "is", "mum"], ["bonjour"]]


def terms(**settings):
    block = BlockSettings(analyzer="word", shortest=1, longest=2, **settings)
    return set(Features.learn([block], TEXTS).blocks[0].terms)


def test_all_words_and_pairs_are_learned():
    words = {"where", "is", "it", "mum", "bonjour"}
    assert terms() == words | {"where is", "is it", "is mum"}


def test_pairs_that_stand_in_one_example_alone_can_be_left_out():
    words = {"where", "is", "it", "mum", "bonjour"}
    assert terms(min_count_joined=2) == words | {"where is"}


def test_the_share_of_examples_is_kept_beside_each_term():
    settings = BlockSettings(analyzer="word", shortest=1, longest=2, min_count_joined=2)
    block = Features.learn([settings], TEXTS).blocks[0]
    idf = dict(zip(block.terms, block.idf.tolist(), strict=True))
    assert idf["where"] == idf["is"] == idf["where is"] < idf["mum"] == idf["bonjour"]
