//! Statements that something is so, whatever word says that it was done: an appointment that stands, an invitation that is
//! out, a request that is on file, somebody who is coming.

use super::sentence::holds;
use domain::day_in_words;

/// A kind of statement, and the tools by which it may be true.
pub(super) struct Statement {
    /// The tools that make it true.
    pub(super) done_by: &'static [&'static str],
    /// The tools that find it true.
    pub(super) found_by: &'static [&'static str],
    /// True for a clause, in lower case, of a sentence that says it.
    pub(super) says: fn(&str, &str) -> bool,
}

/// The tools that bring a person or a record of the request.
const FOR_PEOPLE: &[&str] = &["create_task", "create_ticket", "update_ticket", "create_meeting"];

/// All kinds.
pub(super) const STATEMENTS: &[Statement] = &[
    Statement { done_by: &["create_meeting"], found_by: &["find_meetings"], says: meeting_stands },
    Statement { done_by: &["create_meeting"], found_by: &["find_meetings"], says: expects_visitor },
    Statement { done_by: &["create_meeting"], found_by: &[], says: invites },
    Statement { done_by: FOR_PEOPLE, found_by: &["find_tickets"], says: request_is_kept },
    Statement { done_by: FOR_PEOPLE, found_by: &[], says: somebody_comes },
];

impl Statement {
    pub(super) fn is_said(&self, clause: &str, sentence: &str) -> bool {
        (self.says)(clause, sentence)
    }
}

#[rustfmt::skip]
/// The appointment of the visitor, not one of many.
pub(super) const THE_MEETING: &[&str] = &[
    "your meeting", "the meeting", "your appointment", "the appointment", "your demo", "the demo", "your visit", "the visit",
    "your booking", "the booking", "your call", "our meeting", "our call", "der termin", "ihr termin", "dein termin", "den termin",
    "unser termin", "die buchung", "ihre buchung", "das treffen", "die vorführung", "ihre vorführung", "mødet", "dit møde", "jeres møde",
    "vores møde", "aftalen", "din aftale", "jeres aftale", "vores aftale", "bookingen", "din booking", "demoen", "besøget", "tiden er", "din tid", "jeres tid",
    "le rendez-vous", "votre rendez-vous", "notre rendez-vous", "la réunion", "votre réunion", "la réservation", "votre réservation",
    "l'appuntamento", "il suo appuntamento", "il tuo appuntamento", "vostro appuntamento", "l'incontro", "il suo incontro", "la riunione",
    "la prenotazione", "la sua prenotazione",
];
#[rustfmt::skip]
const STANDS: &[&str] = &[
    "is", "was", "has been", "stands", "takes place", "it's", "steht", "ist", "findet", "wurde", "er", "står", "finder", "est", "aura lieu",
    "a lieu", "a été", "è", "si terrà", "è stato", "è stata",
];
#[rustfmt::skip]
/// States that only a booking brings about.
const FIXED: &[&str] = &[
    "fixed", "set", "ready", "in place", "on", "made", "done", "settled", "final", "secured", "planned", "in the calendar", "steht", "fest",
    "fix", "gemacht", "im kalender", "vermerkt", "notiert", "festgelegt", "på plads", "i orden", "fastlagt", "sat", "klar", "i hus",
    "i kalenderen", "noteret", "pris", "prise", "fixé", "fixée", "posé", "noté", "notée", "prêt", "enregistré", "dans l'agenda",
    "inserito", "pronto", "preso", "a posto", "registrato", "in agenda",
];
#[rustfmt::skip]
/// Words of an offer: a time that is free is no appointment.
pub(super) const OFFERS: &[&str] = &[
    "free", "available", "possible", "earliest", "next", "would", "could", "option", "options", "frei", "verfügbar", "möglich", "nächste",
    "nächster", "wäre", "ledig", "ledigt", "ledige", "mulig", "muligt", "næste", "libre", "libres", "disponible", "possible", "prochain",
    "prochaine", "serait", "libero", "libera", "disponibile", "possibile", "prossimo", "sarebbe", "about", "minutes", "minutter", "minuten",
    "minuti", "is taken", "already taken", "busy", "fully booked", "full", "belegt", "vergeben", "ausgebucht", "optaget", "occupé", "complet", "occupato", "impegnato", "online", "kostenlos", "gratis", "gratuit", "gratuito",
];

fn meeting_stands(clause: &str, sentence: &str) -> bool {
    let is_fixed = holds(clause, FIXED);
    let is_asked = sentence.trim_end().ends_with('?');
    holds(clause, THE_MEETING)
        && holds(clause, STANDS)
        && (is_fixed || (!is_asked && tells_time(clause)))
        && !holds(clause, OFFERS)
}

#[rustfmt::skip]
const SEE_YOU: &[&str] = &[
    "see you", "expect you", "expecting you", "expects you", "look forward to meeting you", "sehen uns", "erwarten sie", "erwartet sie",
    "treffen uns", "bis dann am", "ses", "venter dig", "ser frem til at møde dig", "on se voit", "vous attendons", "vous attend",
    "rendez-vous le", "ci vediamo", "la aspettiamo", "l'aspettiamo", "vi aspettiamo",
];

fn expects_visitor(clause: &str, sentence: &str) -> bool {
    holds(clause, SEE_YOU) && tells_time(sentence) && !holds(clause, OFFERS)
}

#[rustfmt::skip]
const INVITATION: &[&str] = &[
    "invite", "invitation", "confirmation e-mail", "confirmation email", "calendar entry", "einladung", "kalendereintrag",
    "bestätigungsmail", "invitationen", "indkaldelse", "indkaldelsen", "bekræftelse på mail", "l'invitation", "convocation", "invito",
    "l'invito",
];

fn invites(clause: &str, _: &str) -> bool {
    holds(clause, INVITATION)
}

#[rustfmt::skip]
const THE_REQUEST: &[&str] = &[
    "your request", "your case", "your issue", "your matter", "your enquiry", "your inquiry", "your complaint", "your problem",
    "your report", "ihr anliegen", "ihre anfrage", "ihr fall", "ihre meldung", "ihr problem", "din henvendelse", "din sag", "din besked",
    "dit problem", "votre demande", "votre dossier", "votre requête", "votre problème", "la sua richiesta", "la tua richiesta",
    "la sua pratica", "la sua segnalazione", "il suo problema",
];
#[rustfmt::skip]
const KEPT: &[&str] = &[
    "in our system", "in the system", "on file", "registered", "recorded", "logged", "being handled", "being worked on", "being processed",
    "with our team", "with a colleague", "with our technicians", "forwarded", "passed on", "in unserem system", "in bearbeitung", "erfasst",
    "aufgenommen", "weitergeleitet", "i systemet", "i vores system", "registreret", "under behandling", "sendt videre", "dans notre système",
    "en cours de traitement", "enregistré", "enregistrée", "transmis", "transmise", "prise en charge", "nel sistema", "nel nostro sistema",
    "in lavorazione", "registrata", "registrato", "inoltrata", "inoltrato", "presa in carico",
];

fn request_is_kept(clause: &str, _: &str) -> bool {
    holds(clause, THE_REQUEST) && holds(clause, KEPT)
}

#[rustfmt::skip]
pub(super) const SOMEBODY: &[&str] = &[
    "technician", "engineer", "colleague", "specialist", "expert", "representative", "agent", "someone", "somebody", "team", "person",
    "manager", "techniker", "technikerin", "kollege", "kollegin", "mitarbeiter", "mitarbeiterin", "jemand", "spezialist", "tekniker",
    "teknikeren", "kollega", "medarbejder", "konsulent", "nogen", "technicien", "technicienne", "collègue", "conseiller", "conseillère",
    "quelqu'un", "équipe", "l'équipe", "notre équipe", "tecnico", "collega", "consulente", "qualcuno", "un'addetta", "squadra",
];
#[rustfmt::skip]
/// Coming and getting in touch.
const COMES: &[&str] = &[
    "will come", "comes", "is coming", "will arrive", "arrives", "will visit", "will stop by", "will pick up", "will be there",
    "is on the way", "is on his way", "is on her way", "is on their way", "has been dispatched", "was dispatched", "is dispatched",
    "has been sent", "has been assigned", "has been informed", "has been notified", "will take care", "is taking care", "is working on",
    "will call", "will contact", "will get back", "will be in touch", "will reach out", "will follow up", "will ring", "kommt",
    "wird kommen", "ist unterwegs", "wurde geschickt", "wurde informiert", "wurde beauftragt", "kümmert sich", "meldet sich", "ruft sie",
    "ruft dich", "wird sich", "wird sie", "besucht sie", "kommer", "er på vej", "er sendt", "er blevet sendt", "er informeret", "tager sig",
    "ringer", "kontakter", "vender tilbage", "vil ringe", "vil kontakte", "vil komme", "viendra", "vient", "passera", "va venir",
    "va passer", "est en route", "a été envoyé", "a été informé", "a été prévenu", "s'en occupe", "s'en occupera", "vous appellera",
    "vous rappellera", "vous contactera", "va vous appeler", "va vous contacter", "reviendra vers", "verrà", "viene", "passerà",
    "arriverà", "è in arrivo", "è stato inviato", "è stato informato", "se ne occupa", "se ne occuperà", "la chiamerà", "la richiamerà",
    "la contatterà", "la ricontatterà", "ti chiamerà", "ti contatterà",
];
#[rustfmt::skip]
/// Statements that the visitor will be called, by anybody.
const CALLS_YOU: &[&str] = &[
    "will call you", "will contact you", "will get back to you", "will reach out to you", "will visit you", "will ring you",
    "will be in touch with you", "ruft sie an", "wird sie anrufen", "meldet sich bei ihnen", "ringer til dig", "ringer dig op",
    "vil kontakte dig", "vender tilbage til dig", "vous appellera", "vous rappellera", "vous contactera", "la chiamerà", "la richiamerà",
    "la contatterà", "la ricontatterà",
];
#[rustfmt::skip]
/// Words of a sentence that asks the visitor for something, or says what that is for.
const ASKED_FOR: &[&str] = &[
    "please", "so that", "bitte", "damit", "venligst", "så kan", "merci de", "veuillez", "afin", "pour que", "per favore", "affinché",
    "s'il vous plaît",
];

#[rustfmt::skip]
/// The people of a desk, with whom a request lies.
pub(super) const SOMEBODY_WHO_HELPS: &[&str] = &[
    "technician", "technicians", "engineer", "engineers", "colleague", "colleagues", "team", "specialist", "specialists", "department", "experts", "techniker",
    "technikern", "kollege", "kollegen", "abteilung", "team", "fachleuten", "teknikerne", "teknikeren", "kolleger", "kollegerne", "afdelingen", "techniciens",
    "collègues", "équipe", "service", "tecnici", "colleghi", "reparto", "squadra",
];

fn somebody_comes(clause: &str, sentence: &str) -> bool {
    let comes = (holds(clause, SOMEBODY) && holds(clause, COMES)) || holds(clause, CALLS_YOU);
    comes && !holds(sentence, ASKED_FOR) && !holds(clause, &["would", "could", "might", "can"])
}

#[rustfmt::skip]
const NEAR_DAYS: &[&str] = &[
    "today", "tomorrow", "tonight", "heute", "morgen", "übermorgen", "i dag", "i morgen", "aujourd'hui", "demain", "oggi", "domani",
    "dopodomani",
];
const CLOCK_WORDS: &[&str] = &["uhr", "pm", "am", "h", "heures", "o'clock"];
const CLOCK_MARKS: &[&str] = &["at", "kl", "klokken", "à", "alle", "um"];

/// True for words with a day or a time of day.
pub(super) fn tells_time(text: &str) -> bool {
    tells_day(text) || tells_hour(text)
}

/// True for words with a day.
pub(super) fn tells_day(text: &str) -> bool {
    let mut words = text.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    holds(text, NEAR_DAYS) || words.any(|word| day_in_words::is_weekday(word) || day_in_words::is_month(word))
}

/// True for words with a time of day.
pub(super) fn tells_hour(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_time = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        let behind = words.get(at + 1).copied().unwrap_or_default();
        let joined = ["pm", "am", "h"].iter().any(|mark| words[at].ends_with(mark));
        is_number(words[at])
            && (words[at].contains(':') || joined || CLOCK_WORDS.contains(&behind) || CLOCK_MARKS.contains(&before))
    };
    (0..words.len()).any(is_time)
}

#[test]
fn a_statement_is_told_from_an_offer() {
    let said = |text: &str| STATEMENTS.iter().any(|statement| statement.is_said(text, text));
    for (text, stated) in [
        ("der termin am dienstag steht", true),
        ("le rendez-vous est pris", true),
        ("votre rendez-vous est fixé à jeudi 10 h", true),
        ("mødet er på plads torsdag kl 10", true),
        ("your appointment is on thursday at 10", true),
        ("we'll see you thursday at 10 then", true),
        ("the invite is in your inbox", true),
        ("your request is in our system now", true),
        ("a technician will come tomorrow", true),
        ("the technician has been dispatched", true),
        ("sarah from support will call you in ten minutes", true),
        ("ein techniker kommt morgen", true),
        ("un technicien viendra demain", true),
        ("il tecnico verrà domani", true),
        ("en tekniker kommer i morgen", true),
        ("the earliest appointment is tuesday at 10", false),
        ("the next free slot is tuesday at 10", false),
        ("the meeting is 30 minutes", false),
        ("see you", false),
        ("a colleague can call you", false),
        ("the robot comes with a charger", false),
        ("your representative is veronica", false),
        ("what is your request", false),
    ] {
        assert_eq!(said(text), stated, "{text}");
    }
}
