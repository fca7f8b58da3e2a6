//! States that only a deed brings about, whatever word tells them: a value that is another now, a record that is gone, a
//! colleague who knows, a thing on its way, and the one word by which a deed is told as done.

use super::sentence::holds;
use super::statements::Statement;
use super::writes::WRITES;

/// The tools that bring somebody to know of a request.
const FOR_PEOPLE: &[&str] = &["create_task", "create_ticket", "update_ticket", "create_meeting", "handoff_start"];

/// The kinds that a denial takes back.
pub(super) const STATES: &[Statement] = &[
    Statement {
        done_by: &["update_contact", "update_ticket", "create_contact", "create_meeting"],
        found_by: &["get_contact", "find_contact_by_email", "find_tickets", "find_meetings"],
        says: is_now,
    },
    Statement { done_by: &["create_meeting"], found_by: &["find_meetings"], says: is_in_calendar },
    Statement { done_by: FOR_PEOPLE, found_by: &["find_tickets"], says: somebody_knows },
    Statement { done_by: &[], found_by: &["find_tickets"], says: is_on_its_way },
    Statement { done_by: WRITES, found_by: &[], says: is_done },
];
/// The kind that is told by a denial: no tool erases anything.
pub(super) const GONE: Statement = Statement { done_by: &[], found_by: &[], says: is_gone };

#[rustfmt::skip]
/// Words for what is the visitor's.
pub(super) const OF_VISITOR: &[&str] = &[
    "your", "ihr", "ihre", "ihren", "ihrem", "dein", "deine", "din", "dit", "dine", "jeres", "votre", "vos", "ton", "ta", "tes", "suo", "sua",
    "suoi", "sue", "tuo", "tua", "tuoi", "vostro", "vostra", "vostri",
];
#[rustfmt::skip]
/// Words for records and their values.
pub(super) const RECORDS: &[&str] = &[
    "company", "firma", "société", "azienda", "number", "phone", "e-mail", "email", "address", "name", "details", "data", "account", "subscription", "appointment", "meeting", "booking",
    "demo", "ticket", "case", "request", "nummer", "telefonnummer", "e-mail-adresse", "adresse", "name", "daten", "angaben", "konto",
    "termin", "anfrage", "navn", "adresse", "e-mailadresse", "oplysninger", "aftale", "møde", "sag", "numéro", "nom", "données", "coordonnées",
    "compte", "rendez-vous", "réservation", "demande", "dossier", "numero", "telefono", "indirizzo", "nome", "cognome", "dati", "appuntamento",
    "incontro", "prenotazione", "richiesta",
];
#[rustfmt::skip]
const NOW: &[&str] = &[
    "is now", "are now", "now is", "now reads", "ist jetzt", "ist nun", "lautet jetzt", "lautet nun", "sind jetzt", "sind nun", "er nu",
    "est maintenant", "est désormais", "est à présent", "sont maintenant", "sont désormais", "ora è", "è ora", "adesso è", "è adesso", "ora sono",
];
#[rustfmt::skip]
const GONE_WORDS: &[&str] = &[
    "no longer exists", "no longer exist", "no longer stored", "no longer in our system", "is gone", "are gone", "existiert nicht mehr",
    "existieren nicht mehr", "gibt es nicht mehr", "ist weg", "sind weg", "findes ikke længere", "findes ikke mere", "eksisterer ikke længere",
    "er væk", "n'existe plus", "n'existent plus", "non esiste più", "non esistono più", "non c'è più", "won't take place", "will not take place", "doesn't take place", "is off", "findet nicht statt",
    "entfällt", "fällt aus", "finder ikke sted", "bortfalder", "udgår", "n'aura pas lieu", "n'a plus lieu", "tombe", "tombe à l'eau", "non avrà luogo", "non si terrà", "salta",
];
#[rustfmt::skip]
const IN_CALENDAR: &[&str] = &[
    "you are in the calendar", "you're in the calendar", "you are on the calendar", "you're on the calendar", "you are on the schedule",
    "you're on the schedule", "you are down for", "you're down for", "you down for", "stehen im kalender", "steht im kalender", "står i kalenderen",
    "skrevet op til", "êtes dans l'agenda", "est dans l'agenda", "êtes inscrit", "êtes inscrite", "è in agenda", "è in calendario",
];
#[rustfmt::skip]
const KNOWS: &[&str] = &[
    "has been told", "have been told", "is aware", "are aware", "knows about it", "knows about this", "knows about your", "weiß bescheid",
    "wissen bescheid", "ist informiert", "sind informiert", "er orienteret", "er informeret", "har fået besked", "ved besked",
    "est au courant", "sont au courant", "est informé", "est informée", "sont informés", "è informato", "è informata", "è al corrente", "est prévenu", "est prévenue", "sont prévenus", "est averti", "est avertie", "a été prévenue", "a été avertie", "è avvisato", "è avvisata",
    "è stato avvisato", "è stata avvisata", "sono stati avvisati", "è stato informato", "è stata informata", "ist benachrichtigt", "ist verständigt", "wurde benachrichtigt",
    "er underrettet", "er blevet underrettet", "has been notified", "was notified", "was told", "has been informed",
    "sono informati", "sono al corrente",
];
#[rustfmt::skip]
const TEAM: &[&str] = &[
    "technician", "technicians", "engineers", "colleague", "colleagues", "team", "specialists", "department", "support", "we", "techniker",
    "kollege", "kollegen", "abteilung", "wir", "teknikere", "teknikerne", "kolleger", "afdelingen", "vi", "techniciens", "collègues",
    "service", "nous", "tecnici", "colleghi", "reparto", "abbiamo",
];
#[rustfmt::skip]
const RECEIVED: &[&str] = &[
    "received", "got", "has", "have", "erhalten", "bekommen", "modtaget", "fået", "reçu", "ricevuto",
];
#[rustfmt::skip]
const REQUESTS: &[&str] = &[
    "your request", "your report", "your message", "your case", "your complaint", "ihre anfrage", "ihre meldung", "ihre nachricht", "din henvendelse",
    "din besked", "votre demande", "votre message", "votre signalement", "la sua richiesta", "la sua segnalazione", "il suo messaggio",
];
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "refund", "replacement", "money", "spare part", "part", "parcel", "package", "order", "invoice", "quote", "brochure", "erstattung", "ersatz",
    "ersatzteil", "geld", "paket", "bestellung", "rechnung", "angebot", "refundering", "erstatning", "reservedel", "pengene", "pakke", "ordre",
    "faktura", "tilbud", "remboursement", "remplacement", "pièce", "colis", "commande", "facture", "devis", "rimborso", "sostituzione",
    "ricambio", "pacco", "ordine", "fattura", "preventivo",
];
#[rustfmt::skip]
const ON_ITS_WAY: &[&str] = &[
    "is on its way", "are on their way", "is on the way", "are on the way", "has been sent", "was sent", "has been shipped", "was shipped",
    "has been issued", "was issued", "has been processed", "ist unterwegs", "wurde verschickt", "wurde versandt", "wurde veranlasst", "er på vej",
    "er sendt", "er blevet sendt", "est en route", "a été envoyé", "a été envoyée", "a été expédié", "è in arrivo", "è stato inviato",
    "è stato spedito", "è stata inviata",
];
#[rustfmt::skip]
/// Clauses that tell a deed and nothing else.
const DONE: &[&str] = &[
    "done", "all done", "and done", "consider it done", "it is done", "it's done", "that is done", "that's done", "sorted", "all sorted",
    "taken care of", "all taken care of", "it is taken care of", "noted", "duly noted", "it is noted", "erledigt", "alles erledigt",
    "ist erledigt", "das ist erledigt", "schon erledigt", "geschafft", "gemacht", "notiert", "ist notiert", "vermerkt", "ordnet", "det er ordnet", "klaret",
    "det er klaret", "så er det klaret", "gjort", "det er gjort", "noteret", "det er noteret", "fait", "c'est fait", "voilà c'est fait",
    "voilà qui est fait", "c'est réglé", "c'est noté", "noté", "bien noté", "fatto", "tutto fatto", "ecco fatto", "è fatto", "sistemato",
    "tutto sistemato", "annotato", "segnato", "è segnato", "that's all sorted", "it's all sorted", "everything is sorted", "everything is arranged", "it is arranged",
    "it's arranged", "all arranged", "det er på plads", "så er det på plads", "alt er på plads", "alles geregelt", "alles ist geregelt", "das ist geregelt", "tout est réglé",
    "tout est arrangé", "è tutto a posto", "tutto a posto", "registered", "you are registered", "welcome aboard as a customer", "welcome as a customer",
];

/// Ends of clauses that say for whom.
const FOR_VISITOR: &[&str] = &[" for you", " now", " für sie", " til dig", " for dig", " pour vous", " per lei"];

fn is_now(clause: &str, _: &str) -> bool {
    holds(clause, OF_VISITOR) && holds(clause, RECORDS) && holds(clause, NOW)
}

fn is_gone(clause: &str, _: &str) -> bool {
    holds(clause, RECORDS) && holds(clause, GONE_WORDS)
}

fn is_in_calendar(clause: &str, _: &str) -> bool {
    holds(clause, IN_CALENDAR)
}

fn somebody_knows(clause: &str, _: &str) -> bool {
    holds(clause, KNOWS) || (holds(clause, TEAM) && holds(clause, RECEIVED) && holds(clause, REQUESTS))
}

fn is_on_its_way(clause: &str, _: &str) -> bool {
    holds(clause, THINGS) && holds(clause, ON_ITS_WAY)
}

fn is_done(clause: &str, _: &str) -> bool {
    let bare = FOR_VISITOR.iter().find_map(|end| clause.strip_suffix(end)).unwrap_or(clause);
    DONE.contains(&bare)
}
