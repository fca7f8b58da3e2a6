//! Properties of records and their values as a visitor is told them: HubSpot's names and codes are for programs.

use super::super::language::Language;
use super::kind::Text;
use domain::day_in_words;

/// The length of a moment to the minute, as in `2026-12-01T13:00`.
const MINUTE_LENGTH: usize = 16;
/// The length of a day, as in `2026-12-01`.
const DAY_LENGTH: usize = 10;

const fn text(en: &'static str, da: &'static str, fr: &'static str, it: &'static str, de: &'static str) -> Text {
    Text { en, da, fr, it, de }
}

#[rustfmt::skip]
const NAMES: &[(&str, Text)] = &[
    ("firstname", text("first name", "fornavn", "prénom", "nome", "Vorname")),
    ("lastname", text("last name", "efternavn", "nom de famille", "cognome", "Nachname")),
    ("email", text("e-mail address", "e-mailadresse", "adresse e-mail", "indirizzo e-mail", "E-Mail-Adresse")),
    ("phone", text("phone number", "telefonnummer", "numéro de téléphone", "numero di telefono", "Telefonnummer")),
    ("mobilephone", text("mobile number", "mobilnummer", "numéro de portable", "numero di cellulare", "Mobilnummer")),
    ("company", text("company", "firma", "société", "azienda", "Firma")),
    ("jobtitle", text("job title", "stilling", "fonction", "ruolo", "Position")),
    ("address", text("address", "adresse", "adresse", "indirizzo", "Adresse")),
    ("zip", text("postal code", "postnummer", "code postal", "CAP", "Postleitzahl")),
    ("city", text("city", "by", "ville", "città", "Stadt")),
    ("state", text("state", "delstat", "État", "provincia", "Bundesland")),
    ("country", text("country", "land", "pays", "paese", "Land")),
    ("website", text("website", "hjemmeside", "site web", "sito web", "Website")),
    ("lifecyclestage", text("relation to us", "forhold til os", "relation avec nous", "rapporto con noi", "Beziehung zu uns")),
    ("stage", text("state", "status", "état", "stato", "Stand")),
    ("hs_pipeline_stage", text("state", "status", "état", "stato", "Stand")),
    ("status", text("state", "status", "état", "stato", "Stand")),
    ("subject", text("subject", "emne", "objet", "oggetto", "Betreff")),
    ("content", text("description", "beskrivelse", "description", "descrizione", "Beschreibung")),
    ("note", text("note", "note", "note", "nota", "Notiz")),
    ("priority", text("priority", "prioritet", "priorité", "priorità", "Priorität")),
    ("hs_ticket_priority", text("priority", "prioritet", "priorité", "priorità", "Priorität")),
    ("industry", text("industry", "branche", "secteur", "settore", "Branche")),
    ("createdate", text("known since", "kendt siden", "connu depuis", "conosciuto da", "bekannt seit")),
    ("lastmodifieddate", text("last changed", "senest ændret", "dernière modification", "ultima modifica", "zuletzt geändert")),
];

#[rustfmt::skip]
const VALUES: &[(&str, &str, Text)] = &[
    ("lifecyclestage", "subscriber", text("reader of our news", "læser af vores nyheder", "lecteur de nos nouvelles", "lettore delle nostre notizie", "Leser unserer Nachrichten")),
    ("lifecyclestage", "lead", text("interested", "interesseret", "intéressé", "interessato", "Interessent")),
    ("lifecyclestage", "marketingqualifiedlead", text("interested", "interesseret", "intéressé", "interessato", "Interessent")),
    ("lifecyclestage", "salesqualifiedlead", text("interested", "interesseret", "intéressé", "interessato", "Interessent")),
    ("lifecyclestage", "opportunity", text("interested", "interesseret", "intéressé", "interessato", "Interessent")),
    ("lifecyclestage", "customer", text("customer", "kunde", "client", "cliente", "Kunde")),
    ("lifecyclestage", "evangelist", text("customer", "kunde", "client", "cliente", "Kunde")),
    ("lifecyclestage", "other", text("other", "andet", "autre", "altro", "anderes")),
    ("stage", "reopen", text("open", "åben", "ouvert", "aperto", "offen")),
    ("stage", "close", text("closed", "lukket", "fermé", "chiuso", "geschlossen")),
];

/// The words for a property. A name that nobody has words for is told with spaces.
pub fn name(property: &str, language: Language) -> String {
    let known = NAMES.iter().find(|(name, _)| *name == property);
    known
        .map_or_else(|| property.replace('_', " ").trim().to_owned(), |(_, text)| text.in_language(language).to_owned())
}

/// A value in words: a code and a moment have their own, other values are told as they are.
pub fn value(property: &str, value: &str, language: Language) -> String {
    let known = VALUES.iter().find(|(name, code, _)| *name == property && value.eq_ignore_ascii_case(code));
    let coded = known.map(|(_, _, text)| text.in_language(language).to_owned());
    coded.or_else(|| moment(value, language)).unwrap_or_else(|| value.to_owned())
}

/// A property with its value.
pub fn pair(property: &str, said: &str, language: Language) -> String {
    let colon = if language == Language::French { " :" } else { ":" };
    format!("{}{colon} {}", name(property, language), value(property, said, language))
}

/// A day or a moment; one in UTC says so, as nobody lives there.
fn moment(value: &str, language: Language) -> Option<String> {
    if value.len() == DAY_LENGTH {
        return day_in_words::day(value, language);
    }
    let is_moment = value.get(DAY_LENGTH..).is_some_and(|rest| rest.starts_with('T')) && value.len() >= MINUTE_LENGTH;
    let told = day_in_words::moment(value, language).filter(|_| is_moment)?;
    let is_utc = value.ends_with('Z') || value.ends_with("+00:00");
    Some(if is_utc { format!("{told} UTC") } else { told })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_and_values_have_words_in_every_language() {
        for (property, said, language, expected) in [
            ("lastname", "Mark", Language::English, "last name: Mark"),
            ("phone", "+45 1", Language::Danish, "telefonnummer: +45 1"),
            ("jobtitle", "Chef", Language::French, "fonction : Chef"),
            ("stage", "New", Language::German, "Stand: New"),
            ("lifecyclestage", "salesqualifiedlead", Language::Italian, "rapporto con noi: interessato"),
            ("lifecyclestage", "customer", Language::German, "Beziehung zu uns: Kunde"),
            ("favourite_colour", "red", Language::English, "favourite colour: red"),
            (
                "createdate",
                "2026-12-01T13:00:00Z",
                Language::English,
                "known since: Tuesday 1 December 2026, 13:00 UTC",
            ),
            ("closedate", "2026-12-01", Language::German, "closedate: Dienstag, 1. Dezember 2026"),
            ("note", "2026-12-01 or later", Language::English, "note: 2026-12-01 or later"),
            ("company", "€€€€€€€", Language::English, "company: €€€€€€€"),
        ] {
            assert_eq!(pair(property, said, language), expected);
        }
    }
}
