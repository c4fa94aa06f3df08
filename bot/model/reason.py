"""Why something was decided, refused or ignored: stable codes with plain words."""

from __future__ import annotations

from bot.model.coded import Coded


class Reason(Coded):
    """Codes go into events, tables and the replay; `says` is what people read."""

    # answered, asked
    STANDARD_ANSWER = "standard_answer", "a standard question, understood surely"
    SMALL_TALK = "small_talk", "a greeting, thanks or praise: one fitting line"
    OPT_OUT = "opt_out", "asked us to stop writing: confirmed once, then silence"
    OPT_IN = "opt_in", "allowed us to write again"
    FACT_MISSING = "fact_missing", "the dialogue asks for what it needs"
    INVITED = "invited", "asked to write a direct message, where it can be looked up"
    LOOKED_UP = "looked_up", "the dialogue answered from the order system"

    # handed off
    ASKED_FOR_HUMAN = "asked_for_human", "the customer asked for a person"
    PEOPLE_ONLY = "people_only", "a matter that only people decide"
    LEGAL_THREAT = "legal_threat", "mentions a lawyer, a court or a regulator"
    SAFETY = "safety", "somebody was or may be hurt"
    DATA_RIGHTS = "data_rights", "a matter of data protection, with deadlines by law"
    PRESS = "press", "a journalist asks"
    BUSINESS = "business", "partners, suppliers or applicants"
    ABUSE = "abuse", "insults without a request"
    LOW_CONFIDENCE = "low_confidence", "the model is not sure what is meant"
    UNKNOWN_WORDS = "unknown_words", "too few words that the model knows"
    OTHER_LANGUAGE = (
        "other_language",
        "written in a language the model was not made for",
    )
    NO_ANSWER = "no_answer", "the knowledge base has no text for it"
    SEVERAL_REQUESTS = (
        "several_requests",
        "asks for several things, of which the bot cannot answer all",
    )
    NOT_OURS = "not_ours", "asks for something that is not ours to give"
    DIALOGUE_FAILED = "dialogue_failed", "the dialogue could not identify the order"
    DIALOGUE_HANDOFF = "dialogue_handoff", "the dialogue gathered what people need"
    REPLY_REFUSED = "reply_refused", "the channel refused the bot's text"
    REPLY_UNCERTAIN = "reply_uncertain", "nobody can tell whether the text went out"
    PERSONAL_DATA = "personal_data", "personal data stand in a public message"
    ENCRYPTED = "encrypted", "encrypted: it can be read in the network's own app only"
    EARLIER_DEAD = "earlier_dead", "an earlier message could not be handled"
    AGAIN = "again", "the customer came back after the case was resolved"

    # joined, ignored
    CASE_CLAIMED = "case_claimed", "an agent has the case: the bot is silent"
    CASE_OPEN = "case_open", "a case is already waiting for people"
    CHATTER = "chatter", "names us and wants nothing of us"
    SPAM = "spam", "advertising or fraud"
    NO_REPLY_NEEDED = "no_reply_needed", "whatever it means, it asks nothing of us"
    CLOSING = "closing", "a farewell, yes or no with nothing open"
    EMPTY = "empty", "no text that can be read"
    DELETED = "deleted", "its author deleted it before it was read"
    OWN_POST = "own_post", "we wrote it ourselves"
    REPOST = "repost", "somebody else's words, posted once more"
    MACHINE = "machine", "another bot wrote it"
    OPTED_OUT_REPEAT = (
        "opted_out_repeat",
        "has asked to stop, and no newer start: silence is the answer",
    )
    READ_TOGETHER = "read_together", "part of a burst, read with the later message"

    # why the bot kept silent
    OPTED_OUT = "opted_out", "the customer asked us not to write automatically"
    ALREADY_SPOKE = "already_spoke", "the bot has already spoken in this interaction"
    NOT_SUMMONED = "not_summoned", "the author did not address us"
    BACKLOG = "backlog", "older than the limit for automatic replies"
    QUIET_MODE = "quiet_mode", "the bot is switched to quiet"
    NOT_OPENED = "not_opened", "the customer has not written to us directly"
    DUPLICATE_TEXT = "duplicate_text", "the customer has just had the same words"
    UNAPPROVED_TEXT = (
        "unapproved_text",
        "generated words, which the network has not approved",
    )
    NO_CREDIT = "no_credit", "the network takes no call: our credit is used up"
    BUDGET = "budget", "the day's budget for automatic replies is spent"
    PACE = "pace", "the network's pace would keep it back for too long"
    CLAIMED = "claimed", "an agent claimed the case before the text went out"
    UNSAFE_TEXT = "unsafe_text", "the public-text check stopped the words"
    EXPIRED = "expired", "it would have come too late to be of use"

    # dead
    TOO_MANY_TRIES = "too_many_tries", "handling failed again and again"
    MALFORMED = "malformed", "the message cannot be decoded"
