//! What questions about products are asked for most, by the words for it in every language of the fixed texts: a question in
//! another language than the documents' is met by what they call the same thing.

use crate::chat::language::{Language, are_alike, content_words, of};

/// A thing that is asked for, with the words for it, without accents.
#[derive(Debug)]
pub(super) struct Topic {
    english: &'static str,
    danish: &'static str,
    french: &'static str,
    italian: &'static str,
    german: &'static str,
}

#[rustfmt::skip]
/// The things.
const TOPICS: &[Topic] = &[
    Topic {
        english: "deliver delivery shipping shipment", danish: "levering leveres leverer leveringstid forsendelse",
        french: "livraison livrer livrez livre expedition", italian: "consegna consegnate consegnato spedizione spedite",
        german: "lieferung liefern geliefert lieferzeit lieferfrist versand",
    },
    Topic {
        english: "days week weeks month months duration", danish: "lang tid varer varighed", french: "temps duree longtemps delai delais",
        italian: "tempo tempi vuole durata", german: "lange dauert dauer zeit",
    },
    Topic {
        english: "rent rental lease leasing hire", danish: "leje lejes udlejning leasing leases", french: "louer location louez leasing",
        italian: "noleggio noleggiare affitto affittare leasing", german: "mieten miete gemietet vermieten leihen leasing",
    },
    Topic {
        english: "buy purchase", danish: "køb købe købes", french: "acheter achat", italian: "comprare acquistare acquisto",
        german: "kaufen kauf gekauft",
    },
    Topic {
        english: "office headquarters address", danish: "kontor kontorer hovedkontor ligger adresse", french: "bureau bureaux siege situe adresse",
        italian: "sede sedi ufficio uffici trova indirizzo", german: "buro buros sitz hauptsitz niederlassung standort adresse",
    },
    Topic {
        english: "home homes household", danish: "hjem hjemme hjemmet privat", french: "maison domicile particulier", italian: "casa domestico privato",
        german: "hause zuhause haushalt privat",
    },
    Topic {
        english: "support repair exchange technical", danish: "support reparation reparere ombytning teknisk",
        french: "assistance reparation reparer echange technique", italian: "assistenza riparazione riparare sostituzione tecnica",
        german: "support reparatur reparieren umtausch kundendienst technisch",
    },
    Topic {
        english: "clean cleaning", danish: "rengøring rengøre rengør", french: "nettoyage nettoyer nettoie", italian: "pulizia pulizie pulire",
        german: "reinigung reinigen reinigt putzen",
    },
    Topic {
        english: "carry load", danish: "bære bærer last", french: "porter transporter charge", italian: "portare trasportare carico",
        german: "tragen transportieren last",
    },
    Topic {
        english: "coffee", danish: "kaffe", french: "cafe", italian: "caffe", german: "kaffee",
    },
    Topic {
        english: "quote offer", danish: "tilbud", french: "devis offre", italian: "preventivo offerta", german: "angebot",
    },
    Topic {
        english: "warranty guarantee", danish: "garanti", french: "garantie", italian: "garanzia", german: "garantie gewahrleistung",
    },
    Topic {
        english: "battery", danish: "batteri", french: "batterie autonomie", italian: "batteria autonomia", german: "akku batterie",
    },
    Topic {
        english: "discount", danish: "rabat", french: "remise reduction", italian: "sconto", german: "rabatt",
    },
    Topic {
        english: "size dimensions height width", danish: "størrelse mal højde bredde", french: "taille dimensions hauteur largeur",
        italian: "dimensioni misure altezza larghezza", german: "große abmessungen hohe breite",
    },
    Topic {
        english: "weight weighs heavy", danish: "vægt vejer tung", french: "poids pese lourd", italian: "peso pesa pesante", german: "gewicht wiegt schwer",
    },
    Topic {
        english: "sell products range kinds", danish: "sælger produkter udvalg", french: "vendez produits gamme", italian: "vendete prodotti gamma",
        german: "verkaufen produkte sortiment",
    },
];

impl Topic {
    fn words(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Danish => self.danish,
            Language::French => self.french,
            Language::Italian => self.italian,
            Language::German => self.german,
        }
    }

    /// The words by which documents of this language name it.
    pub(super) fn named_in(&self, documents: Language) -> &'static str {
        self.words(documents)
    }

    fn is_said_by(&self, word: &str, language: Language) -> bool {
        self.words(language).split(' ').any(|known| are_alike(known, word))
    }
}

/// The thing that a word of a question asks for.
pub(super) fn of_word(word: &str, language: Language) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.is_said_by(word, language))
}

/// The words by which documents of any language name what a question asks for, where it is not in the language of most.
pub(super) fn words_for_search(question: &str) -> String {
    if of(question).is_none_or(|language| language == Language::English) {
        return String::new();
    }
    let said = content_words(question);
    let is_asked = |topic: &&Topic| {
        Language::ALL.into_iter().any(|language| said.iter().any(|word| topic.is_said_by(word, language)))
    };
    let named = TOPICS.iter().filter(is_asked).flat_map(|topic| Language::ALL.map(|language| topic.words(language)));
    named.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_thing_is_known_by_its_word_in_the_language_of_the_question() {
    for (word, language, named) in [
        ("leveres", Language::Danish, Some("deliver")),
        ("location", Language::French, Some("rent")),
        ("location", Language::English, None),
        ("delai", Language::French, Some("days")),
        ("lieferzeit", Language::German, Some("deliver")),
        ("mieten", Language::German, Some("rent")),
        ("sede", Language::Italian, Some("office")),
        ("kamera", Language::Danish, None),
    ] {
        let topic = of_word(word, language).map(|topic| topic.named_in(Language::English));
        assert_eq!(topic.is_some(), named.is_some(), "{word}: {topic:?}");
        assert!(named.is_none_or(|named| topic.is_some_and(|topic| topic.starts_with(named))), "{word}: {topic:?}");
    }
    assert!(words_for_search("Kann man ADAM mieten?").contains("rental"));
    assert_eq!(words_for_search("Har Matradee et kamera?"), "");
}

#[test]
fn the_words_stand_without_accents() {
    for topic in TOPICS {
        for language in Language::ALL {
            let words = topic.words(language);
            assert_eq!(domain::text::unaccented(words), words);
        }
    }
}
