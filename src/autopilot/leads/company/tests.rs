use super::*;

#[test]
fn a_company_of_the_customers_own_is_read_as_it_is_said() {
    for (text, expected) in [
        ("Hi, I work for Acme Robotics and need help", "Acme Robotics"),
        ("I work at the Bank of Ireland.", "Bank of Ireland"),
        ("My company is called Müller & Söhne GmbH, in Bonn", "Müller & Söhne GmbH"),
        ("our company is 3M", "3M"),
        ("Company: Rossi S.r.l.", "Rossi S.r.l."),
        ("My company is \"Blue Sky\"", "Blue Sky"),
        ("I work for McDonald's in Oslo", "McDonald's"),
        ("I work for St. Gallen Robotics. Is it new?", "St. Gallen Robotics"),
        ("I work for Acme, do you ship to us?", "Acme"),
        ("Ich arbeite bei der Stadtwerke Köln als Technikerin", "Stadtwerke Köln"),
        ("Guten Tag, unsere Firma heißt Schmidt GmbH", "Schmidt GmbH"),
        ("Firma: Weiß AG", "Weiß AG"),
        ("Jeg arbejder hos Grundfos A/S", "Grundfos A/S"),
        ("Hej, vores virksomhed hedder Nordlys ApS", "Nordlys ApS"),
        ("Virksomhed: Lego", "Lego"),
        ("Notre entreprise s’appelle Dupont et Fils", "Dupont et Fils"),
        ("Bonjour, je travaille chez Renault depuis un an", "Renault"),
        ("Société : Blanc SA", "Blanc SA"),
        ("Hello\nLavoro per Fiat\nGrazie", "Fiat"),
        ("La nostra azienda si chiama Rossi e Figli", "Rossi e Figli"),
        ("Azienda: Bianchi", "Bianchi"),
    ] {
        assert_eq!(of(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_company_of_the_customers_own_is_none() {
    for text in [
        "I work for a small shop",
        "I work for",
        "I am from Germany",
        "My accompany is Acme",
        "Our company is German",
        "I work for 20 hours a week",
        "Ich arbeite bei Nacht",
        "Ich arbeite bei Ihnen",
        "",
        // Those for whom somebody writes, those beside it, and others.
        "I am writing on behalf of Acme Robotics",
        "Ich schreibe im Namen von Acme",
        "Jeg skriver på vegne af Acme",
        "We compete with Acme Robotics",
        "Wir sind Konkurrenten von Acme",
        "I work for Acme's biggest competitor",
        "I work for a competitor of Acme",
        "The company is called Acme",
        "Your company: Acme",
        "My friend says I work for Acme",
        "Er sagt, dass ich arbeite bei Acme",
        "Han siger jeg arbejder hos Acme",
        "Il pense que je travaille chez Renault",
        "Il lavoro per Fiat è finito",
        "> I work for Acme",
        "She wrote \"I work for Acme now\" to me",
        // Questions.
        "Is my company insured?",
        "Do I work for Acme?",
        "Is our company called Acme?",
        "Heißt das unsere Firma heißt Acme?",
        "Est-ce que je travaille chez Renault",
        "La nostra azienda si chiama Rossi?",
        // Denials, suppositions, and what is over.
        "I don't work for Acme",
        "It is not true that I work for Acme",
        "I work for Acme no longer",
        "If I work for Acme, do I get a discount?",
        "I used to work for Acme",
        "Ich arbeite nicht bei Acme",
        "Ich arbeite bei Acme nicht mehr",
        "Jeg arbejder ikke hos Grundfos",
        "Je ne travaille pas chez Renault",
        "Non lavoro per Fiat",
        "I work for Acme or Beta",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn a_long_text_is_no_name() {
    assert_eq!(of(&format!("I work for {}", "A".repeat(100))), None);
}
