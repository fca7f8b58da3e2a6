//! The texts that customers are told of a hand-off, in every language.

use chrono::{DateTime, Utc};

use crate::hours::calendar::Opening;
use crate::hours::sentence;
use domain::language::Language;

/// The text after a conversation was handed over.
pub fn passed_on(opening: &Opening, hours_are_set: bool, now: DateTime<Utc>, language: Language) -> String {
    let passed = match language {
        Language::English => "I have passed this on to a colleague.",
        Language::Danish => "Jeg har givet det videre til en kollega.",
        Language::French => "Je l'ai transmis à un collègue.",
        Language::Italian => "L'ho inoltrato a un collega.",
        Language::German => "Ich habe das an einen Kollegen weitergegeben.",
    };
    match opening {
        Opening::Open { .. } if !hours_are_set => passed.to_owned(),
        opening => format!("{passed} {}", sentence::of(opening, now, language)),
    }
}

/// The text for a customer whose conversation nobody has taken in time.
pub fn not_taken(opening: &Opening, now: DateTime<Utc>, language: Language) -> String {
    let waiting = match language {
        Language::English => "No colleague is free yet. What you wrote is kept, and somebody will get back to you.",
        Language::Danish => {
            "Ingen kollega er ledig endnu. Det du har skrevet er gemt, og nogen vender tilbage til dig."
        }
        Language::French => {
            "Aucun collègue n'est encore disponible. Votre message est conservé et quelqu'un reviendra vers vous."
        }
        Language::Italian => {
            "Nessun collega è ancora libero. Il suo messaggio è conservato e qualcuno la ricontatterà."
        }
        Language::German => {
            "Noch ist kein Kollege frei. Ihre Nachricht ist gespeichert, und jemand meldet sich bei Ihnen."
        }
    };
    let again = sentence::when_again(opening, now, language);
    [Some(waiting.to_owned()), again].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The text at the end of the conversation with a person.
pub fn ended(language: Language) -> &'static str {
    match language {
        Language::English => "The conversation with our colleague has ended. I can go on helping you.",
        Language::Danish => "Samtalen med vores kollega er slut. Jeg kan hjælpe dig videre.",
        Language::French => "La conversation avec notre collègue est terminée. Je peux continuer à vous aider.",
        Language::Italian => "La conversazione con il nostro collega è terminata. Posso continuare ad aiutarla.",
        Language::German => "Das Gespräch mit unserem Kollegen ist beendet. Ich kann Ihnen weiterhelfen.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hours::calendar::Why;

    #[test]
    fn the_hours_are_told_where_they_are_set() {
        let now: DateTime<Utc> = "2026-12-07T20:00:00Z".parse().unwrap();
        let english = |opening: &Opening, set: bool| passed_on(opening, set, now, Language::English);
        assert_eq!(english(&Opening::Open { until: None }, false), "I have passed this on to a colleague.");
        let closed = Opening::Closed { opens_at: None, why: Why::Hours };
        assert!(english(&closed, true).ends_with("colleague. Nobody answers at the moment."));
        assert!(not_taken(&closed, now, Language::German).ends_with("Zurzeit antwortet niemand."));
        let all = Language::ALL.map(|language| (passed_on(&closed, true, now, language), ended(language)));
        assert!(all.iter().all(|(passed, ended)| !passed.is_empty() && !ended.is_empty()));
    }
}
