//! The proposal of a reply: the deed that its last question offers, so that a yes means that deed and no other.

use serde_json::{Map, Value};

use crate::chat::claims::sentence::sentences;
use crate::chat::language::{content_words, folded};
use domain::text::unaccented;

/// The words of a deed, without accents: each is the beginning of one.
struct Deed {
    tool: &'static str,
    /// Nouns for the records that are written.
    things: &'static [&'static str],
    /// Verbs for the deed.
    verbs: &'static [&'static str],
}

#[rustfmt::skip]
const DEEDS: &[Deed] = &[
    Deed {
        tool: "create_ticket",
        things: &["ticket", "case", "sag", "henvendelse", "dossier", "richiest", "segnalazion", "pratica", "anfrage", "meldung", "vorgang",
                  "fall", "billet", "report", "complaint", "klage", "reclam", "reklam", "demande", "problem", "storung"],
        verbs: &["open", "creat", "rais", "file", "log", "submit", "opret", "abn", "ouvr", "cre", "apr", "apert", "inoltr", "eroffn", "anleg",
                 "erstell", "melde", "report", "enregistr", "registr", "signal"],
    },
    Deed {
        tool: "update_ticket",
        things: &["ticket", "case", "sag", "dossier", "richiest", "segnalazion", "pratica", "anfrage", "meldung", "vorgang", "fall", "note",
                  "nota", "notat", "notiz"],
        verbs: &["add", "updat", "chang", "clos", "reopen", "tilføj", "opdat", "ændr", "luk", "genabn", "ajout", "modif", "ferm", "rouvr",
                 "aggiung", "aggiorn", "chiud", "riapr", "erganz", "hinzufug", "ander", "schliess", "schlies", "wieder"],
    },
    Deed {
        tool: "create_meeting",
        things: &["meeting", "appointment", "demo", "visit", "call", "slot", "møde", "aftale", "tid", "besøg", "rendez", "reunion", "creneau",
                  "appuntament", "incontr", "riunion", "visita", "termin", "treffen", "vorfuhrung", "besprechung", "gesprach"],
        verbs: &["book", "reserv", "schedul", "confirm", "arrang", "bekræft", "fix", "prendr", "prenot", "fiss", "conferm", "buch", "vereinbar",
                 "bestatig", "eintrag"],
    },
    Deed {
        tool: "create_contact",
        things: &["contact", "detail", "data", "account", "customer", "kontakt", "oplysning", "kunde", "konto", "coordonn", "donnees", "compte",
                  "client", "dati", "contatt", "angaben", "daten"],
        verbs: &["add", "sav", "stor", "creat", "register", "gem", "opret", "registr", "tilføj", "enregistr", "ajout", "cre", "salv", "aggiung",
                 "speicher", "anleg", "aufnehm", "registrier"],
    },
    Deed {
        tool: "update_contact",
        things: &["number", "phone", "address", "email", "mail", "name", "detail", "data", "company", "nummer", "telefon", "adress", "navn",
                  "oplysning", "firma", "numer", "nom", "coordonn", "donnees", "societe", "indirizz", "nome", "cognom", "dati", "aziend", "daten",
                  "angaben"],
        verbs: &["chang", "updat", "correct", "sav", "replac", "ændr", "opdat", "ret", "gem", "modif", "corrig", "chang", "remplac", "mett",
                 "cambi", "aggiorn", "corregg", "sostitu", "ander", "aktualis", "korrig", "speicher", "ersetz"],
    },
    Deed {
        tool: "create_task",
        things: &["colleague", "person", "team", "someone", "somebody", "human", "representative", "agent", "staff", "kolleg", "medarbejder",
                  "nogen", "menneske", "collegue", "equipe", "quelqu", "conseill", "humain", "collega", "qualcuno", "consulent", "operatore",
                  "mitarbeiter", "jemand", "mensch"],
        verbs: &["pass", "forward", "connect", "transfer", "hand", "notif", "call", "contact", "ask", "videre", "kontakt", "ring", "transm",
                 "transf", "rappel", "inoltr", "pass", "contatt", "richiam", "weiter", "verbind", "ubergeb", "ruckruf", "zuruck"],
    },
];
/// The one other tool that brings a person, with the same words.
const AT_ONCE: (&str, &str) = ("handoff_start", "create_task");

#[rustfmt::skip]
/// Stages of a ticket, each with its words.
const STAGES: &[(&str, &[&str])] = &[
    ("close", &["clos", "luk", "ferm", "clotur", "chiud", "schliess", "schlies", "abschlies"]),
    ("reopen", &["reopen", "open", "genabn", "abn", "rouvr", "ouvr", "riapr", "wieder", "offn"]),
];

#[rustfmt::skip]
/// Words by which one offers to do something, in every language.
const OFFERS: &[&str] = &[
    "shall", "should i", "should we", "may i", "can i", "could i", "i can", "would you like", "do you want", "want me", "like me", "shall we",
    "how can", "skal jeg", "skal vi", "må jeg", "kan jeg", "vil du have", "vil du gerne", "ønsker du", "ønsker i", "hvordan kan", "dois-je",
    "puis-je", "voulez-vous", "souhaitez-vous", "veux-tu", "souhaites-tu", "est-ce que je", "comment", "devo", "posso", "vuole", "desidera",
    "vuoi", "come può", "soll ich", "sollen wir", "darf ich", "kann ich", "möchten sie", "wollen sie", "möchtest du", "willst du", "wie kann",
    "wie erreicht",
];
#[rustfmt::skip]
/// Words of a question that only asks for the permission, without accents.
const PERMISSION: &[&str] = &[
    "go", "ahead", "proceed", "agree", "agreed", "right", "fine", "correct", "confirm", "like", "want", "okay", "suit", "suits", "continue",
    "fortsætte", "enig", "passer", "orden", "rigtigt", "bekræfte", "ønsker", "accord", "convient", "continuer", "confirmez", "confirmer",
    "correct", "exact", "procedo", "procedere", "accordo", "corretto", "giusto", "conferma", "confermare", "vuole", "einverstanden", "recht",
    "richtig", "fortfahren", "stimmt", "ordnung", "passt", "mochten", "souhaitez", "voulez", "desidera", "way", "that", "tun", "gøre", "fasse",
];
/// Words between two things of which a yes picks none.
const ALTERNATIVES: &[&str] = &[" or ", " eller ", " ou ", " oppure ", " o ", " oder "];
#[rustfmt::skip]
/// Words of the other thing, where it is not named.
const OTHERS: &[&str] = &[
    "else", "rather", "instead", "another", "hellere", "noget andet", "i stedet", "plutôt", "autre", "piuttosto", "invece", "altro", "lieber",
    "anderes", "stattdessen", "sonst",
];
#[rustfmt::skip]
/// Words with which a question about what is so begins.
const OF_FACTS: &[&str] = &[
    "did", "do", "does", "have", "has", "had", "is", "are", "was", "were", "what", "which", "who", "when", "where", "why", "har", "er", "hvad",
    "hvem", "hvornår", "hvorfor", "avez-vous", "as-tu", "est-ce", "êtes-vous", "quel", "quelle", "quand", "pourquoi", "ha", "hai", "avete", "è",
    "quale", "che", "quando", "perché", "haben", "hat", "hast", "ist", "sind", "war", "was", "wann", "wer", "warum", "welche",
];

/// The proposal of a reply.
pub(super) struct Proposal {
    /// The last question, in lower case.
    question: String,
    /// The whole reply, likewise.
    reply: String,
}

impl Proposal {
    /// The proposal of a reply; `None` if it asks nothing.
    pub(super) fn of(reply: &str) -> Option<Proposal> {
        let asks = |sentence: &&str| sentence.trim_end().ends_with(['?', '？']);
        let question = sentences(reply).filter(asks).last()?;
        Some(Proposal { question: folded(question), reply: folded(reply) })
    }

    /// True if a yes to it, with these words behind, means this deed.
    pub(super) fn is_for(&self, tool: &str, arguments: &Map<String, Value>, beside: &str) -> bool {
        let Some(deed) = deed(tool) else { return true };
        if self.only_asks_permission() {
            return names(&self.reply, deed, arguments);
        }
        let is_offer = holds(&self.question, OFFERS) || !begins_as_fact(&self.question);
        if !is_offer || !names(&self.question, deed, arguments) {
            return false;
        }
        !self.leaves_choice(deed) || names(beside, deed, arguments)
    }

    /// True if it names the deed at all.
    pub(super) fn names(&self, tool: &str, arguments: &Map<String, Value>) -> bool {
        deed(tool).is_none_or(|deed| names(&self.reply, deed, arguments))
    }

    /// True for `Shall I?`, which offers what the sentences before it have named.
    fn only_asks_permission(&self) -> bool {
        content_words(&self.question).iter().all(|word| PERMISSION.contains(&word.as_str()))
    }

    /// True if it offers another deed as well.
    fn leaves_choice(&self, own: &Deed) -> bool {
        let padded = format!(" {} ", self.question);
        let others: Vec<&str> =
            ALTERNATIVES.iter().filter_map(|word| padded.split_once(word)).map(|(_, other)| other).collect();
        others.into_iter().any(|other| {
            let is_other = |deed: &&Deed| deed.tool != own.tool && has(other, deed.verbs) && has(other, deed.things);
            holds(other, OTHERS) || DEEDS.iter().any(|deed| is_other(&deed))
        })
    }
}

fn deed(tool: &str) -> Option<&'static Deed> {
    let known = if tool == AT_ONCE.0 { AT_ONCE.1 } else { tool };
    DEEDS.iter().find(|deed| deed.tool == known)
}

/// True for a text with a word for the deed; where a ticket is closed or reopened, with a word for that.
fn names(text: &str, deed: &Deed, arguments: &Map<String, Value>) -> bool {
    let stage = arguments.get("stage").and_then(Value::as_str);
    let of_stage = stage.and_then(|stage| STAGES.iter().find(|(known, _)| *known == stage));
    of_stage.is_none_or(|(_, words)| has(text, words)) && (has(text, deed.things) || has(text, deed.verbs))
}

/// True if a word of the text begins with one of these.
fn has(text: &str, beginnings: &[&str]) -> bool {
    let plain = unaccented(text).replace('ß', "ss");
    let mut words = plain.split(|c: char| !c.is_alphanumeric());
    words.any(|word| beginnings.iter().any(|beginning| word.starts_with(beginning)))
}

fn holds(text: &str, phrases: &[&str]) -> bool {
    let padded = format!(" {text} ");
    phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

fn begins_as_fact(question: &str) -> bool {
    let first = question.split(' ').next().unwrap_or_default();
    OF_FACTS.contains(&first)
}
