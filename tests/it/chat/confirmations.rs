//! Answers to the question before a write: agreements, refusals, doubts, and what they leave in the text.

use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

const BEGUN: [&str; 5] = [
    "my robot is broken",
    "Jeg har et problem med at installere min DUST-E robot",
    "J'ai un problème avec l'installation de mon robot DUST-E",
    "Ho un problema con l'installazione del robot DUST-E",
    "Ich habe ein Problem mit der Installation meines DUST-E Roboters",
];

/// What becomes of one answer.
struct Answered {
    /// The tickets that it has opened.
    opened: usize,
    /// The reply.
    reply: String,
    /// The texts of the tickets that a yes after it opens.
    later: Vec<String>,
}

async fn answered(begun: &str, answer: &str) -> Answered {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tickets");
    talk.play(&[begun, SARAH]).await;
    let reply = talk.say(answer).await.reply.text;
    let opened = talk.records("tickets").len() - before.len();
    talk.say("yes").await;
    let new = talk.records("tickets").into_iter().filter(|ticket| !before.contains(ticket));
    let later = new.map(|ticket| ticket["properties"]["content"].as_str().unwrap_or_default().to_owned()).collect();
    Answered { opened, reply, later }
}

/// A refusal opens nothing, and its words are never those of a ticket.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_no_text_of_a_record() {
    for (begun, answers) in BEGUN.into_iter().zip([
        &["absolutely not", "of course not", "don't bother", "dont", "no, it's fine, leave it", "👎"][..],
        &["bestemt ikke", "ellers tak", "gør det ikke", "nej, det er fint, lad den ligge"],
        &["bien sûr que non", "ne le faites pas", "pas la peine"],
        &["non lo faccia", "non importa", "certo che no", "assolutamente no"],
        &["auf keinen Fall", "bitte nicht", "natürlich nicht", "nein, passt schon"],
    ]) {
        for answer in answers {
            let Answered { opened, later, reply } = answered(begun, answer).await;
            assert_eq!((opened, later), (0, vec![]), "{answer}: {reply}");
        }
    }
}

/// What neither agrees nor refuses asks again, with the text as it was.
#[tokio::test(start_paused = true)]
async fn a_doubt_is_asked_again_and_adds_nothing() {
    for (begun, answers) in BEGUN.into_iter().zip([
        &["yes?", "that's not right", "yes but not yet", "yes if it's free", "is it free?", "whatever", "well ok"][..],
        &["ja?", "det er ikke rigtigt", "ja men vent"],
        &["oui ?", "ce n'est pas ça", "oui mais attendez", "oui si c'est gratuit", "si vous voulez"],
        &["sì?", "non è giusto", "sì ma aspetti", "se vuole", "eh ok"],
        &["ja?", "das stimmt nicht", "ja aber warten Sie", "ja wenn es kostenlos ist", "gern, aber später", "na ja"],
    ]) {
        for answer in answers {
            let Answered { opened, later, reply } = answered(begun, answer).await;
            assert_eq!(opened, 0, "{answer}: {reply}");
            assert!(later.iter().all(|text| text == begun), "{answer}: {later:?} {reply}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_agreement_of_any_kind_writes() {
    for (begun, answers) in BEGUN.into_iter().zip([
        &["sure thing", "yep, cheers", "I'd say yes", "no problem, go ahead", "go for it", "correct", "👍"][..],
        &["kør på", "perfekt"],
        &["pourquoi pas", "c'est bon"],
        &["va bene così", "assolutamente sì"],
        &["klar", "perfekt", "meinetwegen"],
    ]) {
        for answer in answers {
            let Answered { opened, reply, .. } = answered(begun, answer).await;
            assert_eq!(opened, 1, "{answer}: {reply}");
        }
    }
}

/// What is said beside is kept, and a wish to change the text is one.
#[tokio::test(start_paused = true)]
async fn a_remark_is_added_and_a_change_is_asked_for() {
    let Answered { opened, later, reply } = answered(BEGUN[0], "and smoke comes out of the arm").await;
    assert!(opened == 0 && later[0].contains("smoke comes out of the arm"), "{later:?} {reply}");
    for (begun, answer, asked) in [
        (BEGUN[0], "yes to that, but change the words", "What is the problem?"),
        (BEGUN[1], "ja tak, men ret teksten", "Hvad er problemet?"),
        (BEGUN[2], "oui mais changez le texte", "Quel est le problème ?"),
        (BEGUN[3], "sì ma cambi il testo", "Qual è il problema?"),
        (BEGUN[4], "ja aber ändern Sie den Text", "Was ist das Problem?"),
    ] {
        let Answered { opened, reply, .. } = answered(begun, answer).await;
        assert!(opened == 0 && reply.contains(asked), "{answer}: {reply}");
    }
}
