//! The passage that answers a question, where several products, or words of many documents, stand in it.

use frontdesk::chat::visitor::Trust;

use super::talk::Talk;

/// Each question with parts of what is told, in any order, and parts of what is not.
const QUESTIONS: &[(&str, &[&str], &[&str])] = &[
    // One product.
    ("How soon is ADAM delivered?", &["two weeks"], &["one month", "two months"]),
    ("How soon is the Matradee delivered?", &["one month"], &["two weeks", "two months"]),
    ("How long does delivery of DUST-E take?", &["two months"], &["two weeks", "one month"]),
    ("What does ADAM cost?", &["How much ADAM costs"], &["two weeks"]),
    ("What does the Matradee cost?", &["These documents name no prices"], &["How much ADAM costs", "one month"]),
    ("Can I rent an ADAM?", &["rental"], &["two weeks"]),
    ("Where can I see ADAM at work?", &["ClouTea"], &["two weeks"]),
    ("Can ADAM be used at home?", &["not for homes"], &["two weeks"]),
    // Several, in one passage and in several.
    ("How soon are Matradee and Richie delivered?", &["one month"], &["two weeks", "two months"]),
    ("How long does delivery of ADAM take compared with DUST-E?", &["two weeks", "two months"], &["one month"]),
    ("Are ADAM and Matradee delivered together?", &[], &["two months"]),
    ("What is the difference between ADAM and the Matradee?", &["ADAM", "Matradee"], &["two months"]),
    ("Does ADAM or ClouTea make milk tea?", &["prepared by the ADAM robot"], &["four kinds of robots"]),
    ("How much do ADAM and DUST-E cost?", &["How much ADAM costs", "These documents name no prices"], &["two months"]),
    ("Is Skylark a cleaning robot like DUST-E?", &[], &["two months"]),
    // Words of many documents, and what no document tells.
    ("Where is your second office?", &["Austin"], &["milk tea"]),
    ("robot robot robot", &[], &["(from"]),
    ("how tall is the Matradee", &[], &["(from"]),
    ("Is there a smaller version of ADAM?", &[], &["(from"]),
    // Other languages, in which the names and the price are the same.
    ("Was kostet ADAM?", &["How much ADAM costs"], &["two weeks"]),
    ("Combien coûte le Matradee ?", &["These documents name no prices"], &["How much ADAM costs"]),
];

#[tokio::test(start_paused = true)]
async fn a_passage_is_told_of_the_products_that_were_named() {
    let mut wrong = vec![];
    for (question, told, untold) in QUESTIONS {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let text = talk.say(question).await.reply.text;
        if !told.iter().all(|part| text.contains(part)) || untold.iter().any(|part| text.contains(part)) {
            wrong.push(format!("{question}\n    {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
