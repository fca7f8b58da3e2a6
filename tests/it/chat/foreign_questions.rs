//! Questions about products in other languages than the documents': what answers them is told, what is only near is said to be no
//! more, and nothing else is quoted.

use frontdesk::chat::visitor::Trust;

use super::talk::Talk;

/// The beginnings of what is said before a passage that is only near.
const CAVEATS: &[&str] = &[
    "Jeg fandt intet sikkert",
    "Je n'ai rien trouvé de certain",
    "Non ho trovato nulla di certo",
    "nichts Sicheres gefunden",
];
/// The place of the title of a quoted document.
const QUOTED: &[&str] = &["(fra “", "(de « ", "(da “", "(aus „"];

/// What the documents have for a question.
enum Has {
    /// A passage with these words answers it.
    Answer(&'static str),
    /// Nothing, though they name the product.
    Product,
    /// Nothing.
    Nothing,
}
use Has::{Answer, Nothing, Product};

const QUESTIONS: &[(&str, Has)] = &[
    ("Hvornår leveres Matradee?", Answer("one month")),
    ("Kan man leje ADAM?", Answer("rental")),
    ("Hvor ligger jeres kontorer?", Answer("Las Vegas, Nevada")),
    ("Har Matradee et kamera?", Product),
    ("Kan jeg få robotten i rød?", Nothing),
    ("Quel est le délai de livraison d'ADAM ?", Answer("two weeks")),
    ("Peut-on louer ADAM ?", Answer("rental")),
    ("Le robot convient-il pour la maison ?", Answer("not for homes")),
    ("Est-ce que Skylark vole ?", Product),
    ("Acceptez-vous les paiements en plusieurs fois ?", Nothing),
    ("Quanto tempo ci vuole per avere DUST-E SX?", Answer("two months")),
    ("Dove si trova la vostra sede?", Answer("Las Vegas, Nevada")),
    ("Che cosa fa ADAM?", Answer("robot bartender")),
    ("Richie funziona sotto la pioggia?", Product),
    ("Avete referenze di ospedali?", Nothing),
    ("Wie lange dauert die Lieferung von Richie?", Answer("one month")),
    ("Kann man ADAM mieten?", Answer("rental")),
    ("Was ist ClouTea?", Answer("milk tea shop")),
    ("Wie laut ist der Matradee?", Product),
    ("Haben Sie Roboter zum Fensterputzen?", Nothing),
];

#[tokio::test(start_paused = true)]
async fn a_question_in_another_language_gets_its_answer_or_none() {
    let mut wrong = vec![];
    for (question, has) in QUESTIONS {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let text = talk.say(question).await.reply.text;
        let is_quoted = QUOTED.iter().any(|mark| text.contains(mark));
        let is_doubted = CAVEATS.iter().any(|caveat| text.contains(caveat));
        let is_right = match has {
            Answer(words) => text.contains(words),
            Product => !is_quoted || is_doubted,
            Nothing => !is_quoted,
        };
        if !is_right {
            wrong.push(format!("{question}\n    {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
