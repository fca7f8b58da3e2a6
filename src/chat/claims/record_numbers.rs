//! Numbers of records that a sentence states: of a ticket, a contact, a meeting, an order. Each was given by a tool's result, by
//! the visitor, or by the operator; one that was not is invented, whatever the sentence says of it.

use std::collections::BTreeSet;

use crate::chat::language::folded;
use crate::chat::numbers;
use domain::text::unaccented;

/// The fewest digits of a number that is a record's where the sentence speaks of one.
const OF_RECORD_DIGITS_MIN: usize = 3;
/// The fewest digits of a number that is more than a count, whatever stands around it.
const BARE_DIGITS_MIN: usize = 4;
/// The most digits of a part of a date, a time of day or a decimal.
const PART_DIGITS_MAX: usize = 2;
/// The digits of each further part of a long number that is written with spaces.
const GROUP_DIGITS: usize = 3;
/// The digits of a telephone number.
const PHONE_DIGITS_MIN: usize = 7;
/// Years, which are told of anything.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2099;
#[rustfmt::skip]
/// Beginnings of the words for a record or for its number, in every language of the fixed texts, without accents. Compounds
/// have them anywhere: `sagsnummer`, `Vorgangsnummer`.
const OF_RECORDS: &[&str] = &[
    "ticket", "case", "sag", "sagen", "dossier", "pratica", "pratique", "vorgang", "billet", "fall", "falls", "reference", "referenz", "referen",
    "riferim", "ref", "rif", "number", "nummer", "numero", "id", "code", "codice", "kode", "kennung", "aktenzeichen", "contact", "kontakt",
    "contatt", "meeting", "appointment", "termin", "møde", "aftale", "rendez-vous", "rdv", "reunion", "appuntament", "riunion", "incontr",
    "booking", "buchung", "reservation", "prenotaz", "order", "ordre", "ordin", "commande", "bestil", "bestell", "auftrag", "request",
    "demande", "richiest", "segnalaz", "anfrage", "anliegen", "henvend", "forespørg", "task", "aufgabe", "opgave", "tache", "attivita",
    "complaint", "reclam", "reklam", "invoice", "rechnung", "faktura", "facture", "fattura", "customer", "kunde", "client",
];
/// Words and marks that announce a number.
const MARKS: &[&str] = &["№", "#", "n", "no", "nr", "num"];
#[rustfmt::skip]
/// Words that may stand between a record and its number.
const BEFORE_NUMBER: &[&str] = &[
    "number", "got", "gets", "is", "the", "has", "with", "nummer", "nummeret", "numero", "er", "ist", "lautet", "mit", "med", "bekam", "fik",
    "est", "e", "le", "il", "la", "der", "die", "das", "den", "hat", "har", "porte", "reads", "id",
];

/// What may be told: the numbers in results, messages and the operator's words.
#[derive(Debug, Default)]
pub(super) struct KnownNumbers(BTreeSet<String>);

impl KnownNumbers {
    pub(super) fn add(&mut self, text: &str) {
        // Parts too: `1 702 555 0143` may be one number, and `10 33397362407` two.
        self.0.extend(text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::to_owned));
        let words = text.split(|c: char| c.is_whitespace() || c == '"');
        self.0.extend(words.map(digits_of).filter(|digits| !digits.is_empty()));
        self.0.extend(numbers::of(text));
    }

    /// Adds those of a text but for those of another: an error that repeats what was asked for gives no number.
    pub(super) fn add_without(&mut self, text: &str, other: &str) {
        let (mut new, mut asked) = (KnownNumbers::default(), KnownNumbers::default());
        new.add(text);
        asked.add(other);
        self.0.extend(new.0.into_iter().filter(|number| !asked.0.contains(number)));
    }

    fn holds(&self, number: &str) -> bool {
        self.0.contains(number) || self.0.iter().any(|known| numbers::are_same(known, number))
    }
}

/// True if each number of a record in a sentence is known.
pub(super) fn are_founded(sentence: &str, known: impl Fn() -> KnownNumbers) -> bool {
    let stated = stated(sentence);
    if stated.is_empty() {
        return true;
    }
    let known = known();
    stated.iter().all(|number| known.holds(number))
}

/// The numbers of a sentence that are those of records, by their digits.
fn stated(sentence: &str) -> Vec<String> {
    let words = words(sentence);
    let of_record = words.iter().any(|word| word.is_of_record());
    let is_stated = |at: &usize| {
        let word = &words[*at];
        let digits = word.digits.len();
        let marked = word.written.contains('#') || is_named(&words[..*at]);
        if word.digits.is_empty() || word.written.ends_with('%') || word.is_phone() {
            return false;
        }
        if word.is_year() {
            return marked;
        }
        let long = digits >= BARE_DIGITS_MIN || (digits >= OF_RECORD_DIGITS_MIN && (marked || of_record));
        long && !word.is_date_or_time()
    };
    (0..words.len()).filter(is_stated).map(|at| words[at].digits.clone()).collect()
}

/// True if the words before a number say that it is a record's: `ticket 48213`, `n° 48213`, `das Ticket hat die Nummer`.
fn is_named(before: &[Word]) -> bool {
    let nearest =
        before.iter().rev().find(|word| !BEFORE_NUMBER.contains(&word.plain.as_str()) || word.is_number_word());
    nearest.is_some_and(|word| word.is_of_record() || MARKS.contains(&word.plain.as_str()) || word.written == "№")
}

/// A word as it stands, in lower case without accents and punctuation, and its digits.
#[derive(Debug)]
struct Word {
    written: String,
    plain: String,
    digits: String,
    /// It begins as telephone numbers do.
    begins_phone: bool,
}

impl Word {
    fn of(written: &str) -> Word {
        let is_address = written.contains('@') || written.contains("://") || written.starts_with("www.");
        // A text that was shortened ends in the middle of a number.
        let is_cut = written.contains('…');
        let digits = if is_address || is_cut { String::new() } else { digits_of(written) };
        let begins_phone = written.trim_start_matches('(').starts_with(['+', '0']) && !digits.is_empty();
        Word { written: written.to_owned(), plain: unaccented(&folded(written)), digits, begins_phone }
    }

    /// True for a telephone number, which is held against results elsewhere.
    fn is_phone(&self) -> bool {
        self.begins_phone && self.digits.len() >= PHONE_DIGITS_MIN
    }

    fn is_of_record(&self) -> bool {
        // Short ones are beginnings of other words.
        const WHOLE_LETTERS_MAX: usize = 4;
        const ANYWHERE_LETTERS_MIN: usize = 6;
        self.plain.split(['-', '\'']).any(|part| {
            OF_RECORDS.iter().any(|root| match root.len() {
                ..=WHOLE_LETTERS_MAX => part == *root || part.strip_suffix('s') == Some(root),
                ANYWHERE_LETTERS_MIN.. => part.contains(root),
                _ => part.starts_with(root),
            })
        }) || self.plain.ends_with("nr")
            || OF_RECORDS.contains(&self.plain.as_str())
    }

    /// True for a word that stands between and is itself a word for a number.
    fn is_number_word(&self) -> bool {
        ["number", "nummer", "nummeret", "numero", "id"].contains(&self.plain.as_str())
    }

    fn is_year(&self) -> bool {
        let bare = self.written.trim_matches(|c: char| !c.is_alphanumeric());
        bare == self.digits && bare.parse().is_ok_and(|year| YEARS.contains(&year))
    }

    /// True for `2026-12-01`, `1/12/2026`, `13:30`, `10h30`, `9-17`, `3.50`.
    fn is_date_or_time(&self) -> bool {
        let parts = self.written.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.collect();
        let is_year = |part: &str| part.parse().is_ok_and(|year| YEARS.contains(&year));
        parts.len() > 1
            && parts.iter().all(|part| part.len() <= PART_DIGITS_MAX || is_year(part))
            && parts.iter().filter(|part| is_year(part)).count() <= 1
    }

    fn is_digits(&self) -> bool {
        let bare = self.written.trim_matches(|c: char| !c.is_alphanumeric());
        !bare.is_empty() && bare == self.digits
    }
}

/// The words of a sentence; the parts of a number that is written with spaces are one.
fn words(sentence: &str) -> Vec<Word> {
    let mut all: Vec<Word> = vec![];
    for word in sentence.split([' ', '\u{a0}', '\u{202f}', '\t', '\n']).filter(|word| !word.is_empty()).map(Word::of) {
        match all.last_mut() {
            Some(last) if word.is_digits() && continues(last, &word) => {
                last.digits.push_str(&word.digits);
                last.written.push_str(&word.written);
            }
            _ => all.push(word),
        }
    }
    all
}

/// True if a word goes on with the number before it: `48 213`, `+1 702 555 0143`.
fn continues(last: &Word, word: &Word) -> bool {
    let open = last.written.ends_with(|c: char| c.is_ascii_digit() || c == ')');
    let is_group = last.is_digits() && word.digits.len() == GROUP_DIGITS;
    open && (last.begins_phone || is_group)
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[test]
fn a_number_of_a_record_is_told_from_other_numbers() {
    for (sentence, numbers) in [
        ("Your ticket number is 48213.", &["48213"][..]),
        ("Ticket #482 is open.", &["482"]),
        ("I opened case TKT-48213 for you.", &["48213"]),
        ("Your reference: RT 48 213.", &["48213"]),
        ("Your ticket 2041 is open.", &["2041"]),
        ("Votre dossier porte le n° 7731.", &["7731"]),
        ("Le numéro de votre demande est 773.", &["773"]),
        ("Votre référence est le 90 412.", &["90412"]),
        ("La sua pratica è la n. 5512.", &["5512"]),
        ("Il codice della richiesta è 551.", &["551"]),
        ("Il suo appuntamento ha l'ID 83450290199.", &["83450290199"]),
        ("Din sag har fået sagsnummer 6120.", &["6120"]),
        ("Sagsnr. 612 er oprettet.", &["612"]),
        ("Dit kontaktnummer er 612044.", &["612044"]),
        ("Die Vorgangsnummer lautet 20417.", &["20417"]),
        ("Ihr Ticket Nr. 331 liegt vor.", &["331"]),
        ("Note 4711 for later.", &["4711"]),
        ("We were founded in 2016.", &[]),
        ("Your appointment is on 2026-12-01 at 13:30.", &[]),
        ("Votre rendez-vous est le 1/12/2026 à 10h30.", &[]),
        ("Your appointment takes 30 minutes.", &[]),
        ("The meeting is on Tuesday 1 December 2026 at 10.", &[]),
        ("We are open 9-17, and a tea costs 3.50.", &[]),
        ("Your phone number is +1 702 555 0199.", &[]),
        ("Votre numéro est désormais le 01 23 45 67 89.", &[]),
        ("You have 2 tickets.", &[]),
        ("Write to desk2026@shop.example.", &[]),
        ("It lasts 12 hours, and 100 people can come.", &[]),
        ("I have opened ticket 33397362407: “it sticks, or +45 28…“.", &["33397362407"]),
    ] {
        assert_eq!(stated(sentence), numbers, "{sentence}");
    }
}

#[test]
fn a_number_is_known_as_a_whole() {
    let mut known = KnownNumbers::default();
    known.add(r#"{"ticket_id": "33397362407", "price": "12,500", "phone": "+1 702 555 0143"}"#);
    for (sentence, founded) in [
        ("Your ticket is 33397362407.", true),
        ("Your ticket is 33 397 362 407.", true),
        ("Your ticket is 3339.", false),
        ("Votre commande coûte 12 500 €.", true),
        ("It costs 12500 dollars.", true),
        ("It costs 12.500 dollars.", true),
        ("Your ticket is 33397362408.", false),
        ("Your order of the number 7025550143.", true),
    ] {
        assert_eq!(are_founded(sentence, || KnownNumbers(known.0.clone())), founded, "{sentence}");
    }
}
