//! The fixed texts that customers get: the operator's, else ours in five languages. Pure.

use super::settings::{Settings, TextKind};
use crate::chat::texts::HOW_TO_REACH;
use crate::handoff::texts::passed_on;
use crate::hours::calendar::{Hours, Opening};
use chrono::{DateTime, Utc};
use domain::language::Language;

/// A fixed text; `None` if the operator wants none.
pub fn of(settings: &Settings, kind: TextKind, language: Language) -> Option<String> {
    let text = settings.text(kind, language).unwrap_or_else(|| usual(kind, language));
    (!text.is_empty()).then(|| text.to_owned())
}

/// The text for a customer with whom a person goes on. Outside hours it says when people answer, and asks whom nobody knows
/// how they can be reached.
pub fn handed_over(
    settings: &Settings,
    hours: &Hours,
    now: DateTime<Utc>,
    language: Language,
    is_known: bool,
) -> Option<String> {
    if let Some(own) = settings.text(TextKind::HandedOver, language) {
        return (!own.is_empty()).then(|| own.to_owned());
    }
    let opening = hours.answering(now);
    let passed = passed_on(&opening, !hours.are_unset(), now, language);
    let is_closed = matches!(opening, Opening::Closed { .. });
    let reach = (is_closed && !is_known).then(|| HOW_TO_REACH.in_language(language).to_owned());
    Some([Some(passed), reach].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn usual(kind: TextKind, language: Language) -> &'static str {
    match kind {
        TextKind::Introduction => introduction(language),
        TextKind::HandedOver => "",
        TextKind::Files => files(language),
        TextKind::OneMoment => one_moment(language),
    }
}

fn introduction(language: Language) -> &'static str {
    match language {
        Language::English => "I am an automatic assistant; you can ask for a person at any time.",
        Language::Danish => "Jeg er en automatisk assistent; du kan altid bede om en person.",
        Language::French => "Je suis un assistant automatique ; vous pouvez toujours demander une personne.",
        Language::Italian => "Sono un assistente automatico; può sempre chiedere di una persona.",
        Language::German => "Ich bin ein automatischer Assistent; Sie können jederzeit nach einer Person fragen.",
    }
}

fn files(language: Language) -> &'static str {
    match language {
        Language::English => {
            "I cannot open files; a colleague can. Tell me in words what it is about, or ask for a person."
        }
        Language::Danish => {
            "Jeg kan ikke åbne filer; det kan en kollega. Fortæl med ord, hvad det drejer sig om, eller bed om en person."
        }
        Language::French => {
            "Je ne peux pas ouvrir de fichiers ; un collègue le peut. Dites-moi en mots de quoi il s'agit, ou demandez une personne."
        }
        Language::Italian => {
            "Non posso aprire file; un collega può farlo. Mi dica a parole di cosa si tratta, o chieda di una persona."
        }
        Language::German => {
            "Ich kann keine Dateien öffnen; ein Kollege kann es. Sagen Sie mir in Worten, worum es geht, oder fragen Sie nach einer Person."
        }
    }
}

fn one_moment(language: Language) -> &'static str {
    match language {
        Language::English => "One moment, please.",
        Language::Danish => "Et øjeblik.",
        Language::French => "Un instant, s'il vous plaît.",
        Language::Italian => "Un momento, per favore.",
        Language::German => "Einen Moment bitte.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_texts_come_before_ours_and_an_empty_one_is_left_out() {
        let mut settings = Settings::default();
        for kind in [TextKind::Introduction, TextKind::Files, TextKind::OneMoment] {
            let all = Language::ALL.map(|language| of(&settings, kind, language));
            assert!(all.iter().all(Option::is_some));
        }
        settings.texts.insert((TextKind::Files, "de"), "Keine Dateien.".into());
        settings.texts.insert((TextKind::Files, "en"), String::new());
        assert_eq!(of(&settings, TextKind::Files, Language::German).as_deref(), Some("Keine Dateien."));
        assert_eq!(of(&settings, TextKind::Files, Language::English), None);
        let now = "2026-11-30T09:00:00Z".parse().unwrap();
        let told = |settings: &Settings| handed_over(settings, &Hours::default(), now, Language::English, false);
        assert_eq!(told(&settings).as_deref(), Some("I have passed this on to a colleague."));
        settings.texts.insert((TextKind::HandedOver, "en"), String::new());
        assert_eq!(told(&settings), None);
    }
}
