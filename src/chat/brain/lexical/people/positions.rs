//! A new position that somebody says of themselves: `I am head of purchasing now`.

use super::words::{Piece, longest_at, pieces};

#[rustfmt::skip]
/// Phrases behind which the position stands.
const LEAD_INS: &[&str] = &[
    "i am", "i'm", "i became", "i have become", "i've become", "promoted to", "jeg er", "jeg er blevet", "je suis", "je suis devenu", "je suis devenue", "sono", "sono diventato", "sono diventata", "ich bin", "ich wurde",
];
#[rustfmt::skip]
/// Words by which it is so from now on.
const FROM_NOW: &[&str] = &[
    "now", "became", "become", "promoted", "nu", "blevet", "maintenant", "désormais", "devenu", "devenue", "ora", "adesso", "diventato", "diventata", "jetzt", "nun", "geworden", "wurde", "neuerdings",
];
#[rustfmt::skip]
/// Words before and behind the position that are none of it.
const BESIDE: &[&str] = &[
    "now", "the", "a", "an", "nu", "en", "den", "maintenant", "désormais", "le", "la", "un", "une", "ora", "adesso", "il", "lo", "una", "jetzt", "nun", "der", "die", "ein", "eine", "geworden", "please", "bitte",
    "tak", "merci", "grazie", "here", "there", "our", "your",
];
#[rustfmt::skip]
/// Words by which a position behind them is somebody else's: `out of patience with your manager`.
const OTHERS: &[&str] = &[
    "with", "for", "at", "by", "from", "your", "our", "med", "hos", "jeres", "vores", "avec", "chez", "votre", "notre", "con", "da", "vostro", "nostro", "mit", "bei", "für", "auf", "ihrem", "ihren", "euer", "unser",
    "unserem",
];
#[rustfmt::skip]
/// Words for positions, in every language of the fixed texts.
const POSITIONS: &[&str] = &[
    "head", "director", "manager", "chief", "ceo", "cto", "cfo", "coo", "president", "lead", "leader", "supervisor", "engineer", "technician", "buyer", "purchaser", "accountant", "assistant",
    "consultant", "analyst", "partner", "founder", "secretary", "coordinator", "officer", "controller", "direktør", "sekretær", "ingeniør", "tekniker", "konsulent", "ansvarlig", "directeur", "directrice",
    "responsable", "gérant", "gérante", "ingénieur", "président", "présidente", "acheteur", "acheteuse", "comptable", "direttore", "direttrice", "responsabile", "capo", "dirigente", "amministratore",
    "amministratrice", "presidente", "ingegnere", "tecnico", "direktor", "direktorin", "geschäftsführer", "geschäftsführerin", "vorstand", "prokurist", "prokuristin", "ingenieur", "ingenieurin",
    "assistentin", "assistent",
];
/// The ends of words for positions: `Einkaufsleiterin`, `indkøbschef`.
const POSITION_ENDS: &[&str] = &["chef", "chefin", "leder", "leiter", "leiterin", "ansvarlig", "manager", "managerin"];
/// The most words of a position.
const WORDS_MAX: usize = 6;

/// The new position that an entry tells.
pub(super) fn told(entry: &str) -> Option<&str> {
    let words = pieces(entry);
    if !words.iter().any(|word| FROM_NOW.contains(&word.lower.as_str())) {
        return None;
    }
    let begin = (0..words.len()).find_map(|at| longest_at(&words, at, LEAD_INS).map(|length| at + length))?;
    let is_beside = |word: &Piece<'_>| BESIDE.contains(&word.lower.as_str());
    let first = words.iter().skip(begin).position(|word| !is_beside(word))? + begin;
    let last = words.iter().rposition(|word| !is_beside(word))?;
    let position = words.get(first..=last)?;
    let is_one = |word: &Piece<'_>| {
        let word = word.lower.as_str();
        POSITIONS.contains(&word) || POSITION_ENDS.iter().any(|end| word.ends_with(end))
    };
    let place = position.iter().position(is_one)?;
    let is_other = words[begin..first + place].iter().any(|word| OTHERS.contains(&word.lower.as_str()));
    if position.len() > WORDS_MAX || is_other {
        return None;
    }
    let from = words.get(first.checked_sub(1)?)?.end;
    entry.get(from..words.get(last)?.end).map(str::trim)
}

#[test]
fn a_new_position_is_told_from_how_somebody_is() {
    for (entry, expected) in [
        ("please note that I am head of purchasing now", Some("head of purchasing")),
        ("I am now the CEO", Some("CEO")),
        ("jeg er nu indkøbschef", Some("indkøbschef")),
        ("je suis désormais directrice des achats", Some("directrice des achats")),
        ("ora sono responsabile acquisti", Some("responsabile acquisti")),
        ("ich bin jetzt Einkaufsleiterin", Some("Einkaufsleiterin")),
        ("I am in Chicago now", None),
        ("I am really angry now", None),
        ("I am the manager", None),
        ("I am now out of patience with your manager", None),
        ("ich bin jetzt sauer auf Ihren Leiter", None),
        ("sono ora in contatto con il direttore", None),
        ("I am now head of sales for Europe", Some("head of sales for Europe")),
        ("the robot is head down now", None),
    ] {
        assert_eq!(told(entry), expected, "{entry}");
    }
}
