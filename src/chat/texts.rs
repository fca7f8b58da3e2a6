//! The fixed texts of the chat, in every language that it speaks. Names in braces are filled in.

use super::language::Language;

/// One text in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    en: &'static str,
    da: &'static str,
    fr: &'static str,
    it: &'static str,
    de: &'static str,
}

impl Text {
    /// The text, with the names in braces as they stand.
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Danish => self.da,
            Language::French => self.fr,
            Language::Italian => self.it,
            Language::German => self.de,
        }
    }

    /// The text with values in the place of names in braces.
    pub fn with(self, language: Language, values: &[(&str, &str)]) -> String {
        let mut rest = self.in_language(language);
        let mut text = String::new();
        // One pass: a brace within a value is nobody's name.
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
            rest = behind;
        }
        text + rest
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $da:literal, $fr:literal, $it:literal, $de:literal;)*) => {
        $($(#[$doc])* pub const $name: Text = Text { en: $en, da: $da, fr: $fr, it: $it, de: $de };)*

        #[cfg(test)]
        const ALL: &[Text] = &[$($name),*];
    };
}

texts! {
    /// For a message without words.
    EMPTY:
        "I got no words in that message. What can I do for you?",
        "Der var ingen ord i beskeden. Hvad kan jeg hjælpe med?",
        "Je n'ai reçu aucun mot dans ce message. Que puis-je faire pour vous ?",
        "Il messaggio era vuoto. Come posso aiutarla?",
        "In dieser Nachricht standen keine Worte. Was kann ich für Sie tun?";
    /// Asks how a colleague reaches the visitor.
    HOW_TO_REACH:
        "Gladly. How can a colleague reach you: what is your e-mail address?",
        "Gerne. Hvordan kan en kollega få fat i dig: hvad er din e-mailadresse?",
        "Volontiers. Comment un collègue peut-il vous joindre : quelle est votre adresse e-mail ?",
        "Volentieri. Come può contattarla un collega: qual è il suo indirizzo e-mail?",
        "Gerne. Wie erreicht Sie ein Kollege: wie lautet Ihre E-Mail-Adresse?";
    /// After a task was made for a colleague.
    PASSED_ON:
        "I have passed this on to a colleague, who will get back to you.",
        "Jeg har givet det videre til en kollega, som vender tilbage til dig.",
        "Je l'ai transmis à un collègue, qui reviendra vers vous.",
        "L'ho inoltrato a un collega, che la ricontatterà.",
        "Ich habe das an einen Kollegen weitergegeben, der sich bei Ihnen meldet.";
    /// After the task could not be made.
    NOT_PASSED_ON:
        "I am sorry: I could not pass this on to a colleague just now. Please try again in a few minutes.",
        "Beklager: jeg kunne ikke give det videre til en kollega lige nu. Prøv igen om et par minutter.",
        "Désolé : je n'ai pas pu le transmettre à un collègue pour l'instant. Réessayez dans quelques minutes.",
        "Mi dispiace: ora non ho potuto inoltrarlo a un collega. Riprovi tra qualche minuto.",
        "Es tut mir leid: Ich konnte das gerade nicht an einen Kollegen weitergeben. Bitte versuchen Sie es in einigen Minuten erneut.";
    /// After the visitor wants no person after all.
    AS_YOU_LIKE:
        "As you like. What else can I do for you?",
        "Som du vil. Hvad kan jeg ellers hjælpe med?",
        "Comme vous voulez. Que puis-je faire d'autre pour vous ?",
        "Come preferisce. Cos'altro posso fare per lei?",
        "Wie Sie möchten. Was kann ich sonst für Sie tun?";
    /// The chat cannot go on.
    CANNOT_NOW:
        "I am sorry, I cannot answer that at the moment; a colleague can.",
        "Beklager, det kan jeg ikke svare på lige nu; det kan en kollega.",
        "Désolé, je ne peux pas répondre à cela pour le moment ; un collègue le peut.",
        "Mi dispiace, al momento non posso rispondere; un collega può farlo.",
        "Es tut mir leid, das kann ich im Moment nicht beantworten; ein Kollege kann es.";
    /// The second message in a row that is not understood.
    NOT_UNDERSTOOD_TWICE:
        "I am sorry, I still do not understand; a colleague will.",
        "Beklager, jeg forstår det stadig ikke; det gør en kollega.",
        "Désolé, je ne comprends toujours pas ; un collègue comprendra.",
        "Mi dispiace, continuo a non capire; un collega capirà.",
        "Es tut mir leid, ich verstehe es immer noch nicht; ein Kollege wird es verstehen.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|part| part.split('}').next().unwrap()).collect()
    }

    #[test]
    fn every_text_names_the_same_values_in_every_language() {
        for text in ALL {
            for language in Language::ALL {
                let here = text.in_language(language);
                assert_eq!(names(here), names(text.en), "{here}");
                assert!(!here.trim().is_empty() && here.matches('{').count() == here.matches('}').count(), "{here}");
            }
        }
    }

    #[test]
    fn a_value_is_filled_in_as_it_is() {
        let greeting = Text { en: "Hello {name}, {name}!", da: "", fr: "", it: "", de: "" };
        assert_eq!(greeting.with(Language::English, &[("name", "{x}")]), "Hello {x}, {x}!");
        assert_eq!(greeting.with(Language::English, &[]), "Hello , !");
    }
}
