//! The fixed texts of the chat page, in every language that the chat speaks. Names in braces are filled in; a text with such
//! names has a plain one beside it, for a value that is not known.

use std::collections::BTreeMap;

use crate::chat::language::Language;
use crate::chat::texts::kind;

/// The operator's own texts, by language and name.
pub type OwnTexts = BTreeMap<&'static str, BTreeMap<String, String>>;

/// The texts by their names: English, Danish, French, Italian, German.
const TEXTS: &[(&str, [&str; 5])] = &[
    ("title", ["Chat with {name}", "Chat med {name}", "Discuter avec {name}", "Chatta con {name}", "Chat mit {name}"]),
    ("plain_title", ["Chat", "Chat", "Chat", "Chat", "Chat"]),
    ("messages", ["Messages", "Beskeder", "Messages", "Messaggi", "Nachrichten"]),
    ("you", ["You", "Dig", "Vous", "Lei", "Sie"]),
    ("assistant", ["Assistant", "Assistent", "Assistant", "Assistente", "Assistent"]),
    ("colleague", ["Colleague", "Kollega", "Collègue", "Collega", "Kollege"]),
    (
        "automatic",
        [
            "Automatic assistant",
            "Automatisk assistent",
            "Assistant automatique",
            "Assistente automatico",
            "Automatischer Assistent",
        ],
    ),
    (
        "placeholder",
        ["Write a message", "Skriv en besked", "Écrivez un message", "Scriva un messaggio", "Nachricht schreiben"],
    ),
    (
        "contact_assistant",
        ["Contact assistant", "Kontaktassistent", "Assistant des contacts", "Assistente contatti", "Kontakt-Assistent"],
    ),
    ("token", ["Access token", "Adgangstoken", "Jeton d'accès", "Token di accesso", "Zugriffstoken"]),
    (
        "token_note",
        [
            "Your token of this server. It stays in this tab, and its rights hold for what you do here.",
            "Dit token til denne server. Det bliver i denne fane, og dets rettigheder gælder for det, du gør her.",
            "Votre jeton de ce serveur. Il reste dans cet onglet, et ses droits valent pour ce que vous faites ici.",
            "Il suo token di questo server. Resta in questa scheda, e i suoi diritti valgono per ciò che fa qui.",
            "Ihr Token für diesen Server. Es bleibt in diesem Tab, und seine Rechte gelten für das, was Sie hier tun.",
        ],
    ),
    ("sign_in", ["Sign in", "Log ind", "Se connecter", "Accedi", "Anmelden"]),
    (
        "token_refused",
        [
            "The server does not know this token.",
            "Serveren kender ikke dette token.",
            "Le serveur ne connaît pas ce jeton.",
            "Il server non conosce questo token.",
            "Der Server kennt dieses Token nicht.",
        ],
    ),
    ("send", ["Send", "Send", "Envoyer", "Invia", "Senden"]),
    ("attach", ["Attach a file", "Vedhæft en fil", "Joindre un fichier", "Allega un file", "Datei anhängen"]),
    (
        "a_person",
        [
            "Talk to a person",
            "Tal med en person",
            "Parler à une personne",
            "Parla con una persona",
            "Mit einer Person sprechen",
        ],
    ),
    (
        "back",
        [
            "Back to the assistant",
            "Tilbage til assistenten",
            "Revenir à l'assistant",
            "Torna all'assistente",
            "Zurück zum Assistenten",
        ],
    ),
    (
        "working",
        [
            "The assistant is answering",
            "Assistenten svarer",
            "L'assistant répond",
            "L'assistente sta rispondendo",
            "Der Assistent antwortet",
        ],
    ),
    (
        "waiting",
        [
            "Waiting for a colleague",
            "Venter på en kollega",
            "En attente d'un collègue",
            "In attesa di un collega",
            "Warten auf einen Kollegen",
        ],
    ),
    (
        "with_person",
        [
            "You are talking with {person}",
            "Du taler med {person}",
            "Vous parlez avec {person}",
            "Sta parlando con {person}",
            "Sie sprechen mit {person}",
        ],
    ),
    (
        "with_colleague",
        [
            "You are talking with a colleague",
            "Du taler med en kollega",
            "Vous parlez avec un collègue",
            "Sta parlando con un collega",
            "Sie sprechen mit einem Kollegen",
        ],
    ),
    (
        "left_person",
        [
            "The assistant answers again. What a colleague has to do for you stays open.",
            "Assistenten svarer igen. Det en kollega skal gøre for dig, bliver stående.",
            "L'assistant répond de nouveau. Ce qu'un collègue doit faire pour vous reste ouvert.",
            "L'assistente risponde di nuovo. Ciò che un collega deve fare per lei resta aperto.",
            "Der Assistent antwortet wieder. Was ein Kollege für Sie tun soll, bleibt offen.",
        ],
    ),
    ("choices", ["Pick one", "Vælg en", "Choisissez", "Scelga", "Auswählen"]),
    (
        "offline",
        [
            "No connection. What you write is kept and sent as soon as it is back.",
            "Ingen forbindelse. Det du skriver gemmes og sendes, så snart den er tilbage.",
            "Pas de connexion. Ce que vous écrivez est gardé et envoyé dès son retour.",
            "Nessuna connessione. Ciò che scrive viene conservato e inviato appena torna.",
            "Keine Verbindung. Was Sie schreiben, wird aufgehoben und gesendet, sobald sie wieder da ist.",
        ],
    ),
    ("sending", ["Sending", "Sender", "Envoi", "Invio", "Wird gesendet"]),
    ("not_sent", ["Not sent", "Ikke sendt", "Non envoyé", "Non inviato", "Nicht gesendet"]),
    ("again", ["Try again", "Prøv igen", "Réessayer", "Riprova", "Erneut versuchen"]),
    (
        "too_often",
        [
            "That was very fast; it is sent in a moment.",
            "Det gik meget hurtigt; det sendes om et øjeblik.",
            "C'était très rapide ; l'envoi se fait dans un instant.",
            "È stato molto veloce; verrà inviato tra un attimo.",
            "Das ging sehr schnell; es wird gleich gesendet.",
        ],
    ),
    (
        "busy",
        [
            "The chat is very busy. Please try again in a minute.",
            "Der er meget travlt i chatten. Prøv igen om et minut.",
            "Le chat est très occupé. Réessayez dans une minute.",
            "La chat è molto occupata. Riprovi tra un minuto.",
            "Im Chat ist gerade viel los. Bitte versuchen Sie es in einer Minute erneut.",
        ],
    ),
    (
        "too_large",
        [
            "Files can have up to 1 MB together.",
            "Filer må fylde op til 1 MB tilsammen.",
            "Les fichiers peuvent faire 1 Mo au total.",
            "I file possono avere fino a 1 MB in tutto.",
            "Dateien dürfen zusammen bis zu 1 MB haben.",
        ],
    ),
    (
        "message_too_long",
        [
            "A message can have up to 4,000 characters; this one has {count}. Please shorten it.",
            "En besked kan have op til 4.000 tegn; denne har {count}. Gør den venligst kortere.",
            "Un message peut avoir 4 000 caractères au plus ; celui-ci en a {count}. Raccourcissez-le.",
            "Un messaggio può avere fino a 4.000 caratteri; questo ne ha {count}. Lo accorci.",
            "Eine Nachricht darf bis zu 4.000 Zeichen haben; diese hat {count}. Bitte kürzen Sie sie.",
        ],
    ),
    (
        "message_long",
        [
            "A message can have up to 4,000 characters. Please shorten it.",
            "En besked kan have op til 4.000 tegn. Gør den venligst kortere.",
            "Un message peut avoir 4 000 caractères au plus. Raccourcissez-le.",
            "Un messaggio può avere fino a 4.000 caratteri. Lo accorci.",
            "Eine Nachricht darf bis zu 4.000 Zeichen haben. Bitte kürzen Sie sie.",
        ],
    ),
    (
        "too_many_files",
        [
            "Up to five files can be sent at once.",
            "Der kan sendes op til fem filer på én gang.",
            "Cinq fichiers au plus peuvent être envoyés à la fois.",
            "Si possono inviare al massimo cinque file alla volta.",
            "Es können bis zu fünf Dateien auf einmal gesendet werden.",
        ],
    ),
    (
        "file_refused",
        [
            "“{file}” was not passed on. Images, PDF, text and CSV are.",
            "“{file}” blev ikke givet videre. Det bliver billeder, PDF, tekst og CSV.",
            "« {file} » n'a pas été transmis. Les images, PDF, textes et CSV le sont.",
            "“{file}” non è stato inoltrato. Immagini, PDF, testo e CSV sì.",
            "„{file}“ wurde nicht weitergegeben. Bilder, PDF, Text und CSV werden es.",
        ],
    ),
    (
        "a_file_refused",
        [
            "A file was not passed on. Images, PDF, text and CSV are.",
            "En fil blev ikke givet videre. Det bliver billeder, PDF, tekst og CSV.",
            "Un fichier n'a pas été transmis. Les images, PDF, textes et CSV le sont.",
            "Un file non è stato inoltrato. Immagini, PDF, testo e CSV sì.",
            "Eine Datei wurde nicht weitergegeben. Bilder, PDF, Text und CSV werden es.",
        ],
    ),
    (
        "not_passed_on",
        [
            "I could not pass this on to the colleague just now. Please try again in a few minutes.",
            "Jeg kunne ikke give det videre til kollegaen lige nu. Prøv igen om et par minutter.",
            "Je n'ai pas pu le transmettre au collègue pour l'instant. Réessayez dans quelques minutes.",
            "Ora non ho potuto inoltrarlo al collega. Riprovi tra qualche minuto.",
            "Ich konnte das gerade nicht an den Kollegen weitergeben. Bitte versuchen Sie es in einigen Minuten erneut.",
        ],
    ),
    (
        "no_person_for_files",
        [
            "Nobody reads files at the moment: ask for a person first.",
            "Ingen læser filer lige nu: bed først om en person.",
            "Personne ne lit les fichiers pour le moment : demandez d'abord une personne.",
            "Al momento nessuno legge i file: chieda prima di una persona.",
            "Zurzeit liest niemand Dateien: Fragen Sie zuerst nach einer Person.",
        ],
    ),
    (
        "ended",
        [
            "This conversation has ended.",
            "Denne samtale er slut.",
            "Cette conversation est terminée.",
            "Questa conversazione è terminata.",
            "Dieses Gespräch ist beendet.",
        ],
    ),
    (
        "long",
        [
            "This conversation has become very long. Please begin a new one.",
            "Denne samtale er blevet meget lang. Begynd venligst en ny.",
            "Cette conversation est devenue très longue. Commencez-en une nouvelle.",
            "Questa conversazione è diventata molto lunga. Ne inizi una nuova.",
            "Dieses Gespräch ist sehr lang geworden. Bitte beginnen Sie ein neues.",
        ],
    ),
    ("restart", ["New conversation", "Ny samtale", "Nouvelle conversation", "Nuova conversazione", "Neues Gespräch"]),
    ("open", ["Open the chat", "Åbn chatten", "Ouvrir le chat", "Apri la chat", "Chat öffnen"]),
    ("close", ["Close the chat", "Luk chatten", "Fermer le chat", "Chiudi la chat", "Chat schließen"]),
    (
        "new_window",
        [
            "opens a new window",
            "åbner et nyt vindue",
            "ouvre une nouvelle fenêtre",
            "apre una nuova finestra",
            "öffnet ein neues Fenster",
        ],
    ),
    ("privacy_link", ["Privacy", "Privatliv", "Confidentialité", "Privacy", "Datenschutz"]),
    (
        "no_script",
        [
            "This chat needs JavaScript.",
            "Denne chat kræver JavaScript.",
            "Ce chat a besoin de JavaScript.",
            "Questa chat richiede JavaScript.",
            "Dieser Chat benötigt JavaScript.",
        ],
    ),
    (
        "write_instead",
        [
            "You can also write to us:",
            "Du kan også skrive til os:",
            "Vous pouvez aussi nous écrire :",
            "Può anche scriverci:",
            "Sie können uns auch schreiben:",
        ],
    ),
];

/// Texts that have no words of ours: only the operator has some.
const ONLY_OWN: [&str; 3] = ["welcome", "assistant_welcome", "privacy"];

/// The texts with values, and those that are said where a value is not known.
const PLAIN: [(&str, &str); 4] = [
    ("title", "plain_title"),
    ("with_person", "with_colleague"),
    ("message_too_long", "message_long"),
    ("file_refused", "a_file_refused"),
];

/// True for the name of a text that the operator may write.
pub fn is_known(name: &str) -> bool {
    ONLY_OWN.contains(&name) || TEXTS.iter().any(|(known, _)| *known == name)
}

/// The names of all texts, for an operator who has mistyped one.
pub fn names() -> impl Iterator<Item = &'static str> {
    ONLY_OWN.into_iter().chain(TEXTS.iter().map(|(name, _)| *name))
}

/// The text of this name: the operator's, else ours; empty for an unknown one.
pub fn text<'a>(own: &'a OwnTexts, language: Language, name: &str) -> &'a str {
    let written = own.get(language.code()).and_then(|texts| texts.get(name));
    written.map_or_else(|| ours(language, name), String::as_str)
}

/// All texts of a language by their names.
pub fn all(own: &OwnTexts, language: Language) -> BTreeMap<&'static str, String> {
    TEXTS.iter().map(|(name, _)| (*name, text(own, language, name).to_owned())).collect()
}

/// The text of this name with values in the place of names in braces; its plain one where a value is blank or missing.
pub fn with(own: &OwnTexts, language: Language, name: &str, values: &[(&str, &str)]) -> String {
    let plain = || PLAIN.iter().find(|(whole, _)| *whole == name).map(|(_, plain)| text(own, language, plain));
    let whole = kind::filled(text(own, language, name), values);
    whole.or_else(|| plain().map(str::to_owned)).unwrap_or_default()
}

fn ours(language: Language, name: &str) -> &'static str {
    let at = match language {
        Language::English => 0,
        Language::Danish => 1,
        Language::French => 2,
        Language::Italian => 3,
        Language::German => 4,
    };
    TEXTS.iter().find(|(known, _)| *known == name).map_or("", |(_, texts)| texts[at])
}

/// The language of a browser by its `Accept-Language`, or of a code such as `de-CH`; `None` if the chat speaks none of
/// those that are named.
pub fn wanted(accepted: &str) -> Option<Language> {
    let ranges = accepted.split(',').take(RANGES_MAX).filter_map(|range| {
        let (code, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()).unwrap_or(1.0);
        let code = code.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let language = Language::ALL.into_iter().find(|language| language.code() == code)?;
        (weight > 0.0).then_some((weight, language))
    });
    // Of equal weights the first one counts.
    ranges
        .fold(None, |best: Option<(f32, Language)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, language)| language)
}

/// The most languages of a header that are read.
const RANGES_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(text: &str) -> Vec<&str> {
        text.split('{').skip(1).map(|part| part.split('}').next().unwrap()).collect()
    }

    #[test]
    fn every_text_names_the_same_values_in_every_language() {
        for (name, texts) in TEXTS {
            for text in texts {
                assert!(!text.trim().is_empty() && names_in(text) == names_in(texts[0]), "{name}: {text}");
            }
            assert_eq!(names_in(texts[0]).is_empty(), PLAIN.iter().all(|(whole, _)| whole != name), "{name}");
        }
    }

    #[test]
    fn no_text_has_a_hole_where_a_value_is_not_known() {
        let own = OwnTexts::new();
        for (name, plain) in PLAIN {
            for language in Language::ALL {
                let values: Vec<_> =
                    names_in(text(&own, language, name)).into_iter().map(|name| (name, "Ada")).collect();
                let (whole, plain) = (with(&own, language, name, &values), text(&own, language, plain));
                assert!(whole.contains("Ada") && !whole.contains('{'), "{whole}");
                assert!(!plain.is_empty() && !plain.contains('{'), "{plain}");
                let blank: Vec<_> = values.iter().map(|(name, _)| (*name, " ")).collect();
                assert_eq!(with(&own, language, name, &blank), plain);
                assert_eq!(with(&own, language, name, &[]), plain);
            }
        }
    }

    #[test]
    fn the_language_with_the_highest_weight_counts() {
        for (accepted, language) in [
            ("da", Some(Language::Danish)),
            ("fr-CH, fr;q=0.9, en;q=0.8", Some(Language::French)),
            ("pl, de;q=0.5, it;q=0.7", Some(Language::Italian)),
            ("en;q=0, de_AT;q=0.1", Some(Language::German)),
            ("EN-us", Some(Language::English)),
            ("pl", None),
            ("", None),
            ("*;q=x,;;", None),
        ] {
            assert_eq!(wanted(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn a_text_of_the_operator_comes_first() {
        let texts = [("send", "Af sted"), ("file_refused", "Ikke {file}: {why}")];
        let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let own = OwnTexts::from([("da", BTreeMap::from(texts))]);
        assert_eq!(text(&own, Language::Danish, "send"), "Af sted");
        assert_eq!(text(&own, Language::German, "send"), "Senden");
        assert_eq!(text(&own, Language::German, "welcome"), "");
        let refused = with(&own, Language::Danish, "file_refused", &[("file", "{x}")]);
        assert!(refused.starts_with("En fil blev ikke givet videre."), "nobody fills in `why`: {refused}");
    }
}
