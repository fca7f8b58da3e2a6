//! The words of a message that tell something: not those of every sentence, and not those that answer, doubt or are polite.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::words::{COURTESIES, folded, phrases};
use domain::text::unaccented;

/// The fewest letters of a word that tells something.
const LETTERS_MIN: usize = 3;
/// The letters by which words of one stem are alike, and the most that one is longer.
const STEM_LETTERS: usize = 5;
const STEM_LETTERS_MIN: usize = 4;
const ENDING_LETTERS_MAX: usize = 3;
#[rustfmt::skip]
/// Words of every sentence, without accents.
const FUNCTION_WORDS: &str = "\
    a an the this that these those it its is are am was were be been being do does did done doing have has had having will would shall should can could may \
    might must not no nor and or but if then than so as at by for from in into of off on onto out over to up with without about again also any all both each \
    few more most other some such only own same too very just now here there when where why how what which who whom whose i me my mine we us our ours you your \
    yours he him his she her hers they them their please hello hey thanks thank want wants wanted need needs like get got gets let lets make makes made take \
    takes go goes going come comes came say says said tell know think really actually well today tomorrow yesterday tonight morning evening one two yet still \
    instead anything something nothing everything much many lot bit \
    jeg du han hun den det de vi i os jer dem mig dig min mit mine din dit dine jeres vores en et og eller men at til fra med uden om for af pa er var bliver \
    blev har havde vil ville kan kunne skal skulle ma ikke ingen intet hvad hvem hvor hvornar hvorfor hvordan hvilken hvilke hvilket der som sa nu her bare lige \
    ogsa hos tak hej gerne idag morgen igen noget nogen lidt meget alt alle gor gore far \
    quel quelle quels quelles combien je tu il elle on nous vous ils elles le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs et ou \
    mais si que qui quoi dont quand comment pourquoi est sont etes suis etre ai as avez avons ont avoir fait faire faites pas ne plus rien ici avec sans pour \
    dans sur par chez en y bien tres aussi bonjour merci veux voudrais aller allez cela ca tout tous demain soir aujourd'hui hui \
    quanto quanta quanti quante io tu lui lei noi voi loro il lo la gli le i un uno una di del della dei degli delle da dal dalla in nel nella con su sul per tra fra e o ma se che chi cosa \
    quale quali quando come dove perche mio mia miei mie tuo tua suo sua nostro nostra vostro vostra e sono sei siete siamo era ho ha hai abbiamo avete hanno avere essere fare fa \
    faccia non piu anche gia qui molto bene grazie ciao buongiorno vorrei voglio questo questa quello quella tutto oggi domani mi ti ci vi si cosi \
    ich du er sie es wir ihr mich dich uns euch ihm ihn ihnen mein meine meinen meinem meiner dein deine sein seine unser unsere euer eure der die das den dem des \
    ein eine einen einem einer und oder aber wenn dass ob als wie was wer wen wem wo wann warum welche welcher welches ist sind bin bist war waren sein habe hast \
    hat haben hatte wird werden wurde wollen will mochte mochten kann konnen konnte soll sollen muss mussen darf nicht kein keine keinen nichts auch nur noch \
    schon sehr so da hier dort mit ohne von vom zu zum zur bei beim aus auf an am im in uber unter nach vor fur durch gegen um bitte danke hallo heute morgen \
    gestern jetzt dann doch mal alles etwas machen macht mach tun gibt geben \
    monday tuesday wednesday thursday friday saturday sunday";

/// All words that tell nothing.
static EMPTY: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let kinds = [
        phrases(|of| of.yes).collect::<Vec<_>>(),
        phrases(|of| of.no).collect(),
        phrases(|of| of.doubts).collect(),
        phrases(|of| of.thanks).collect(),
        phrases(|of| of.praises).collect(),
        phrases(|of| of.greetings).collect(),
        COURTESIES.to_vec(),
    ];
    let answers = kinds.into_iter().flatten().flat_map(|phrase| phrase.split([' ', '\'']));
    answers.chain(FUNCTION_WORDS.split_whitespace()).map(unaccented).collect()
});

/// The words that tell something, in lower case and without accents, each once, in their order.
pub fn content_words(text: &str) -> Vec<String> {
    let words = folded(text);
    let all = words.split(|c: char| !c.is_alphanumeric()).map(unaccented);
    let mut telling: Vec<String> = vec![];
    for word in all {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        if letters >= LETTERS_MIN && !EMPTY.contains(&word) && !telling.contains(&word) {
            telling.push(word);
        }
    }
    telling
}

/// True for words of one stem.
pub fn are_alike(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let stem = |word: &str| word.chars().take(STEM_LETTERS).collect::<String>();
    let letters = |word: &str| word.chars().count();
    one == other
        || (letters(short) >= STEM_LETTERS_MIN
            && (long.starts_with(short) && letters(long) - letters(short) <= ENDING_LETTERS_MAX
                || letters(short) > STEM_LETTERS && stem(short) == stem(long)))
}

#[test]
fn only_words_that_tell_something_count() {
    for (text, words) in [
        ("hi there", vec![]),
        ("x", vec![]),
        ("absolutely not", vec![]),
        ("That's not right", vec![]),
        ("ne le faites pas", vec![]),
        ("bitte nicht", vec![]),
        ("the arm is stuck and it smells", vec!["arm", "stuck", "smells"]),
        ("der Arm klemmt", vec!["arm", "klemmt"]),
        ("è caduto", vec!["caduto"]),
    ] {
        assert_eq!(content_words(text), words, "{text}");
    }
}
