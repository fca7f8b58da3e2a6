//! Words by which sentences about a visitor's matter are told from others, each kind in every language of the chat.

#[rustfmt::skip]
/// Words of possibilities, and of things that the visitor has said.
pub(super) const OPEN: &[&str] = &[
    "would", "could", "can", "cannot", "may", "might", "should", "shall", "must", "need", "needs", "want", "wants", "wish", "you said", "you told",
    "you wrote", "you asked", "you mentioned", "you say", "i understand", "if", "whether", "please", "let me", "best", "as soon as",
    "würde", "könnte", "kann", "können", "könnten", "sollte", "soll", "sollen", "muss", "müssen", "braucht", "brauchen", "möchten", "wollen", "wenn",
    "ob", "sie sagten", "sie schrieben", "bitte", "ich verstehe",
    "ville", "kunne", "kan", "skal", "må", "bør", "ønsker", "kræver", "hvis", "om du", "du skrev", "du sagde", "venligst", "jeg forstår",
    "pourrait", "pourriez", "pouvez", "peux", "peut", "pouvons", "devez", "doit", "faut", "voulez", "souhaitez", "souhaite", "serait", "nécessite",
    "vous avez dit", "vous avez écrit", "vous m'avez", "je comprends", "veuillez",
    "potrebbe", "può", "posso", "possiamo", "deve", "devono", "vuole", "desidera", "vorrebbe", "sarebbe", "richiede", "ha detto", "ha scritto",
    "ha chiesto", "mi ha", "capisco", "per favore",
];
#[rustfmt::skip]
/// Forms of being, standing and having.
pub(super) const BEING: &[&str] = &[
    "is", "are", "was", "were", "has", "have", "been", "got", "gets", "stands", "went", "ist", "sind", "war", "waren", "wurde", "wurden", "wird", "hat", "steht",
    "stehen", "stehst", "er", "var", "blev", "bliver", "har", "står", "est", "sont", "était", "êtes", "a", "ont", "sera", "è", "sono", "era", "sei", "siete",
    "ha", "hanno", "sta", "viene", "verrà",
];
#[rustfmt::skip]
/// Words that mean one thing, and none of a kind.
pub(super) const DEFINITE: &[&str] = &[
    "your", "the", "ihr", "ihre", "ihren", "ihrem", "ihrer", "dein", "deine", "der", "die", "das", "den", "din", "dit", "dine", "jeres", "den", "det", "votre",
    "vos", "ton", "ta", "tes", "le", "la", "les", "suo", "sua", "suoi", "sue", "tuo", "tua", "vostro", "vostra", "il", "lo", "i", "gli",
];
#[rustfmt::skip]
/// Nouns for what a customer has with a company.
pub(super) const MATTERS: &[&str] = &[
    "complaint", "refund", "replacement", "warranty", "guarantee", "order", "request", "report", "case", "ticket", "appointment", "meeting", "booking",
    "reservation", "number", "phone", "address", "e-mail", "email", "account", "data", "details", "subscription", "invoice", "bill", "payment", "money", "parcel",
    "package", "exchange", "return", "repair", "message", "contract", "plan", "delivery", "issue", "problem", "claim", "fee", "charge", "slot", "spot", "change", "cancellation", "amount", "unit",
    "beschwerde", "reklamation", "erstattung", "rückerstattung", "ersatz", "umtausch", "rückgabe", "garantie", "bestellung", "anfrage", "meldung", "fall",
    "vorgang", "termin", "buchung", "nummer", "telefonnummer", "adresse", "konto", "daten", "angaben", "abo", "vertrag", "rechnung", "zahlung", "geld", "paket",
    "reparatur", "nachricht", "anliegen", "lieferung", "gebühr", "änderung", "stornierung", "betrag", "gutschrift", "ersatzgerät", "platz",
    "klage", "reklamation", "refusion", "refundering", "erstatning", "ombytning", "garanti", "ordre", "bestilling", "henvendelse", "sag", "aftale", "møde",
    "telefonnummer", "konto", "oplysninger", "abonnement", "faktura", "betaling", "penge", "pakke", "reparation", "besked", "levering", "returnering", "kontrakt", "beløb", "ændring", "plads", "tid",
    "réclamation", "plainte", "remboursement", "remplacement", "garantie", "commande", "demande", "signalement", "dossier", "rendez-vous", "réservation",
    "numéro", "compte", "données", "coordonnées", "facture", "paiement", "colis", "échange", "retour", "réparation", "message", "livraison", "contrat", "créneau", "modification", "annulation", "montant",
    "reclamo", "rimborso", "sostituzione", "garanzia", "ordine", "richiesta", "segnalazione", "pratica", "appuntamento", "prenotazione", "numero", "indirizzo",
    "conto", "dati", "fattura", "pagamento", "pacco", "cambio", "reso", "riparazione", "messaggio", "consegna", "contratto", "abbonamento", "posto", "modifica", "annullamento", "importo",
];
#[rustfmt::skip]
/// Words in the form of a participle that tell no deed.
pub(super) const NO_CHANGES: &[&str] = &[
    "limited", "included", "required", "needed", "based", "interested", "located", "called", "named", "used", "supposed", "related", "attached", "listed", "open",
    "expected", "delayed", "affected", "intended", "concerned", "damaged", "found", "stored", "waiting", "indeed", "need", "speed", "feed", "red", "seen", "shown",
    "checked", "looked", "understood", "missed", "answered", "allowed", "accepted", "unlimited", "detailed", "estimated",
    "begrenzt", "enthalten", "erforderlich", "bekannt", "gespeichert", "gefunden", "gesehen", "gelistet", "geprüft", "verstanden", "beschränkt", "erst", "bereit",
    "nicht", "gut", "leicht", "recht", "direkt", "jetzt", "offen", "warten", "gerne", "gern", "zwischen", "gegen", "einen", "ihren", "unserem", "unseren",
    "begrænset", "fundet", "gemt", "kendt", "meget", "noget", "andet", "intet", "alt", "åbent", "lidt", "sidst", "det", "et", "hvet", "hjulpet", "forstået", "set",
    "limité", "limitée", "trouvé", "trouvée", "nécessaire", "société", "qualité", "fermé", "concernée", "concerné", "prise", "compris", "santé", "été", "année",
    "limitato", "limitata", "trovato", "trovata", "salvato", "necessario", "stato", "stata", "stati", "state", "aperto", "aperta", "questo", "tutto", "molto",
    "presto", "gratuito", "gratuita", "posto", "esatto", "sotto",
];
/// Opening hours.
#[rustfmt::skip]
pub(super) const HOURS: &[&str] = &[
    "open", "closed", "opening", "from", "daily", "every", "between", "until", "geöffnet", "geschlossen", "öffnungszeiten", "von", "täglich", "jeden", "zwischen",
    "åbent", "åbner", "lukket", "åbningstider", "fra", "hver", "mellem", "ouvert", "ouverts", "ouverte", "fermé", "de", "chaque", "entre", "horaires", "aperto", "aperti",
    "chiuso", "chiusi", "dalle", "orari", "ogni", "tra", "it is now", "today is", "heute ist", "i dag er",
];
#[rustfmt::skip]
/// Beginnings of a goodbye that names the next meeting.
pub(super) const PARTINGS: &[&str] = &["bis", "à", "a", "see you", "until", "till", "ses", "vi ses", "vi ses på", "ci vediamo", "on se voit", "wir sehen uns", "til", "dann", "then", "also", "alors", "allora", "så", "donc", "dunque"];
#[rustfmt::skip]
/// Words between its parts.
pub(super) const HELPED: &[&str] = &[
    "bis", "dann", "am", "um", "uhr", "à", "a", "see", "you", "on", "at", "then", "until", "till", "pm", "ses", "vi", "på", "kl", "klokken", "til", "ci", "vediamo",
    "alle", "ore", "se", "voit", "h", "heures", "wir", "sehen", "uns", "o'clock", "der", "den", "le", "les", "il", "dunque", "donc", "next", "nächsten", "prochain",
    "prossimo", "næste",
];
#[rustfmt::skip]
/// Calendars in which an appointment stands.
pub(super) const CALENDARS: &[&str] = &[
    "in the calendar", "on the calendar", "in our calendar", "in the diary", "in our diary", "on the schedule", "im kalender", "in unserem kalender", "i kalenderen",
    "i vores kalender", "dans l'agenda", "dans notre agenda", "dans le calendrier", "in agenda", "in calendario", "nel calendario",
];
#[rustfmt::skip]
/// A request of the visitor.
pub(super) const REQUESTS: &[&str] = &[
    "your request", "your report", "your message", "your case", "your complaint", "your issue", "your problem", "your ticket", "your enquiry", "your inquiry", "your matter",
    "your claim", "ihre anfrage", "ihre meldung", "ihre nachricht", "ihr anliegen", "ihr fall", "ihre beschwerde", "ihre reklamation", "ihr ticket", "ihr problem",
    "din henvendelse", "din besked", "din sag", "din klage", "dit problem", "votre demande", "votre message", "votre signalement", "votre dossier", "votre réclamation",
    "votre ticket", "votre problème", "la sua richiesta", "la sua segnalazione", "il suo messaggio", "il suo reclamo", "la sua pratica", "il suo ticket", "il suo problema",
    "la tua richiesta", "la tua segnalazione",
];
#[rustfmt::skip]
/// The visitor, as they are spoken to.
pub(super) const ADDRESSED: &[&str] = &["you", "you're", "sie", "du", "dich", "i", "vous", "tu", "lei", "voi"];
#[rustfmt::skip]
/// Names for somebody on a list.
pub(super) const MEMBERS: &[&str] = &["customer", "client", "member", "subscriber", "kunde", "kundin", "mitglied", "medlem", "client", "cliente", "membre", "abonné", "iscritto", "iscritta", "registered", "registriert", "registreret", "inscrit", "enregistré"];
#[rustfmt::skip]
/// Words by which something was different before.
pub(super) const NOW_WORDS: &[&str] = &[
    "now", "from now on", "jetzt", "nun", "ab jetzt", "ab sofort", "nu", "fra nu af", "maintenant", "désormais", "dorénavant", "à présent", "ora", "adesso", "d'ora in poi",
];
#[rustfmt::skip]
/// Places where what is known of a visitor lies.
pub(super) const ON_FILE: &[&str] = &[
    "in our records", "on our records", "in our system", "in the system", "in our files", "on file", "in our database", "in unseren unterlagen", "in unserem system",
    "bei uns hinterlegt", "in unserer kartei", "i vores system", "i systemet", "i vores arkiv", "hos os", "dans nos fichiers", "dans notre système", "dans nos dossiers",
    "nei nostri archivi", "nel nostro sistema", "nei nostri dati",
];
#[rustfmt::skip]
/// Words by which a deed is being done.
pub(super) const AT_ONCE: &[&str] = &[
    "jetzt", "gerade", "sofort", "umgehend", "nun", "nu", "lige nu", "straks", "med det samme", "maintenant", "tout de suite", "immédiatement", "à l'instant", "ora", "subito",
    "adesso", "immediatamente",
];
#[rustfmt::skip]
/// Beginnings of verbs for what a desk does.
pub(super) const UNDER_WAY: &[&str] = &[
    "book", "reserv", "schedul", "open", "creat", "fil", "rais", "regist", "chang", "updat", "correct", "sav", "add", "clos", "reopen", "cancel", "mov", "delet", "eras",
    "remov", "send", "pass", "forward", "transfer", "refund", "shipp", "arrang", "buch", "reservier", "öffn", "eröffn", "erstell", "leg", "änder", "aktualisier", "speicher",
    "schließ", "stornier", "lösch", "schick", "send", "leit", "gebe", "trag", "booker", "opretter", "åbner", "ændrer", "retter", "gemmer", "lukker", "aflyser", "flytter",
    "sletter", "sender", "giver", "réserv", "ouvr", "cré", "modifi", "corrig", "enregistr", "ferm", "annul", "déplac", "supprim", "envoi", "transmet", "prenot", "apr", "cre",
    "modific", "salv", "chiud", "annull", "spost", "cancell", "invi", "inoltr",
];
#[rustfmt::skip]
/// Participles by which somebody is on a list.
pub(super) const ENTERED: &[&str] = &[
    "added", "booked", "registered", "enrolled", "scheduled", "signed", "subscribed", "eingetragen", "angemeldet", "registriert", "vorgemerkt", "eingeplant", "hinzugefügt", "gebucht",
    "tilmeldt", "registreret", "skrevet", "tilføjet", "booket", "inscrit", "inscrite", "enregistré", "enregistrée", "ajouté", "ajoutée", "iscritto", "iscritta", "registrato", "registrata",
    "inserito", "inserita", "aggiunto", "aggiunta", "prenotato", "prenotata",
];
/// Words of what is still to come.
pub(super) const FUTURE: &[&str] =
    &["will", "wird", "werden", "vil", "bliver", "sera", "seront", "arrivera", "sarà", "saranno", "verrà", "arriverà"];
#[rustfmt::skip]
/// Forms of having and getting.
pub(super) const HAVING: &[&str] = &[
    "has", "have", "had", "got", "gets", "received", "receives", "read", "saw", "sees", "hat", "haben", "erhielt", "bekam", "liest", "erhalten", "har", "fik", "modtog", "læser", "a", "ont",
    "reçoit", "lit", "ha", "hanno", "riceve", "legge",
];
/// Words by which something has begun.
pub(super) const ALREADY: &[&str] = &["already", "bereits", "schon", "allerede", "déjà", "già"];
/// Words that ask to take something as done.
pub(super) const TAKE_AS: &[&str] =
    &["consider", "betrachten sie", "betrachte", "considérez", "considère", "consideri", "considera", "betragt"];
#[rustfmt::skip]
/// Beginnings of participles of telling.
pub(super) const TOLD: &[&str] = &[
    "alerted", "informed", "notified", "briefed", "verständigt", "informiert", "benachrichtigt", "alarmiert", "alarmeret", "informeret", "underrettet", "alerté", "prévenu", "informé", "averti",
    "allertat", "informat", "avvisat", "avvertit",
];
/// Forms of knowing.
pub(super) const KNOWING: &[&str] = &[
    "know",
    "knows",
    "kennen",
    "kennt",
    "wissen",
    "weiß",
    "ved",
    "kender",
    "connaît",
    "connaissent",
    "savent",
    "sa",
    "sanno",
    "conoscono",
];
