//! Words and signs of answers, beside those that each language has of its own.

/// Things that can be agreed to or declined. They are no answer of their own.
pub(super) const DEEDS: &[&str] = &[
    "book it",
    "book that",
    "book the meeting",
    "open it",
    "open the ticket",
    "open a ticket",
    "close it",
    "reopen it",
    "send it",
    "add it",
    "add that",
    "pass it on",
    "do it",
    "do that",
    "save it",
    "and thank you",
    "and thanks",
    "og tak",
    "et merci",
    "e grazie",
    "und danke",
];

/// What softens a no; alone it answers nothing, or the other way.
pub(super) const BESIDE_NO: &[&str] = &[
    "it's fine",
    "it is fine",
    "that's fine",
    "it's ok",
    "that's ok",
    "i said",
    "det er fint",
    "det er ok",
    "lad den ligge",
    "c'est bon",
    "va bene così",
    "va bene",
    "passt schon",
    "ist gut",
    "schon gut",
    "really",
    "jeg sagde",
    "j'ai dit",
    "ho detto",
    "ich sagte",
];

/// What goes with a yes; alone it answers nothing.
pub(super) const BESIDE_YES: &[&str] = &[
    "no problem",
    "cheers",
    "i'd say",
    "i would say",
    "then",
    "so",
    "why not",
    "i said",
    "bare",
    "così",
    "allora",
    "alors",
    "dann",
    "ich sagte",
    "j'ai dit",
];

/// Signs that answer.
pub(super) const YES_SIGNS: &[char] = &['👍', '✅', '👌', '✔', '🆗'];

/// Words of a no.
pub(super) const NO_SIGNS: &[char] = &['👎', '❌', '🚫', '✖'];

/// Beginnings of what is said of the one who asks.
pub(super) const OF_DESK: &[&str] = &[
    "you are",
    "you're",
    "you do not",
    "you don't",
    "are you",
    "du er",
    "i er",
    "vous êtes",
    "tu es",
    "lei è",
    "sei",
    "siete",
    "du bist",
    "sie sind",
    "what the",
    "this bot",
    "stupid",
    "dumme",
];

/// Words beside the name of a language that is asked for.
pub(super) const NAMING: &[&str] = &[
    "can we",
    "can you",
    "could you",
    "could we",
    "speak",
    "write",
    "talk",
    "i",
    "only",
    "prefer",
    "want",
    "kan vi",
    "kan du",
    "tale",
    "tal",
    "peut-on",
    "pouvez-vous",
    "parler",
    "possiamo",
    "può",
    "parlare",
    "können wir",
    "können sie",
    "sprechen",
    "reden",
    "ich spreche nur",
    "answer",
    "reply",
    "in",
    "do you",
];
