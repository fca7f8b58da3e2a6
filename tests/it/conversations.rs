//! Conversations with customers, each a file of `tests/conversations/`: played by a model that knows no scenario, alone and
//! led by a taskgraph, and judged by the state of HubSpot afterwards.
//!
//! The files, the customer and the judge are those of `frontdesk rehearse`; the desks stand here.

mod desk;
mod free;
mod guided;
mod memory;
mod prompt_script;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use frontdesk::rehearsal::customer::Script;
use frontdesk::rehearsal::dialogue;
use frontdesk::rehearsal::failure::Failure;
use frontdesk::rehearsal::fixture::Fixture;
use frontdesk::rehearsal::judge;
use frontdesk::rehearsal::scenario::{Mode, Scenario};
use frontdesk::rehearsal::scenario_file;
use frontdesk::rehearsal::turn::DialogueTurn;
use tokio::sync::OnceCell;

use self::desk::{AtWork, Desk, Idle};
use self::free::Free;
use self::guided::{Guided, Habit};
use crate::generated::{check_section, root, text_of, updating};
use crate::world::World;

/// The page with the table of what each conversation costs.
const PAGE: &str = "docs/conversations.md";

/// True if a conversation with this name is played.
fn only_or_all(name: &str) -> bool {
    std::env::var("CONVERSATION").map_or(true, |only| name.contains(&only))
}

/// All scenarios with the names of their files, in order; `CONVERSATION` names one to play alone.
fn scenarios() -> Vec<(String, Scenario)> {
    let folder = fs::read_dir(root().join("tests/conversations")).unwrap();
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |file: &std::path::Path| file.file_stem().unwrap().to_string_lossy().into_owned();
    let chosen = files.into_iter().filter(|file| only_or_all(&name(file)));
    let read = |file: std::path::PathBuf| {
        let text = fs::read_to_string(&file).unwrap();
        let scenario = scenario_file::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let limits = &scenario.limits;
        assert!(limits.calls.is_some() && limits.bytes.is_some(), "{}: what may it cost?", file.display());
        (name(&file), scenario)
    };
    chosen.map(read).collect()
}

/// One conversation as it went.
struct Played {
    turns: Vec<DialogueTurn>,
    /// The bytes that the model reads of the script at first: the prompt, or the answer that begins the session.
    first: usize,
    wrong: Vec<Failure>,
}

impl Played {
    fn calls(&self) -> usize {
        self.turns.iter().map(|turn| turn.calls.len()).sum()
    }

    fn bytes(&self) -> usize {
        self.turns.iter().flat_map(|turn| &turn.calls).map(|call| call.bytes).sum()
    }

    fn report(&self, name: &str, scenario: &Scenario, mode: Mode) -> String {
        let mut text = format!("\n✘ {name}, {mode:?}: {}. {}\n", scenario.name, scenario.customer.wants);
        self.wrong.iter().for_each(|wrong| writeln!(text, "    {wrong}").unwrap());
        for turn in &self.turns {
            writeln!(text, "  customer: {}", turn.says).unwrap();
            turn.calls.iter().for_each(|call| writeln!(text, "    ▸ {} {}", call.tool, call.shown).unwrap());
            writeln!(text, "  desk: {}", turn.reply.says.chars().take(500).collect::<String>()).unwrap();
        }
        text
    }
}

/// A world in the state of a scenario's start.
async fn stage(scenario: &Scenario) -> (World, Fixture) {
    let world = World::at(scenario.start.now).await;
    let stage = Fixture::set(world.sandbox.clone(), &scenario.start).await;
    let stage = stage.unwrap_or_else(|error| panic!("{}: {error}", scenario.name));
    stage.open(&scenario.start);
    (world, stage)
}

/// Plays to the customer's last line.
async fn talk(world: &World, stage: &Fixture, scenario: &Scenario, desk: &mut impl Desk) -> Vec<DialogueTurn> {
    let (turns, stopped) = dialogue::play(stage, &mut Script::new(scenario), &mut AtWork { world, desk }).await;
    assert_eq!(stopped, None);
    turns
}

/// Plays led by a taskgraph with a model of this habit.
async fn play_led(scenario: &Scenario, habit: Habit) -> Played {
    let (world, stage) = stage(scenario).await;
    let turns = talk(&world, &stage, scenario, &mut Guided::with(habit, scenario.start.graph.as_deref())).await;
    Played { wrong: judge::failures(scenario, &stage.before, &turns), turns, first: 0 }
}

async fn play(scenario: &Scenario, mode: Mode) -> Played {
    let (world, stage) = stage(scenario).await;
    let graph = scenario.start.graph.as_deref();
    let (turns, first) = match mode {
        Mode::Free => {
            let mut desk = Free::new(&world, graph).await;
            (talk(&world, &stage, scenario, &mut desk).await, desk.prompt_bytes)
        }
        Mode::Guided => {
            let turns = talk(&world, &stage, scenario, &mut Guided::new(graph)).await;
            let first = turns[0].calls[0].bytes;
            (turns, first)
        }
    };
    Played { wrong: wrong(scenario, &stage, &turns), turns, first }
}

fn wrong(scenario: &Scenario, stage: &Fixture, turns: &[DialogueTurn]) -> Vec<Failure> {
    [judge::failures(scenario, &stage.before, turns), judge::costs(&scenario.limits, turns)].concat()
}

/// All conversations of a mode, played once for all tests.
async fn played(mode: Mode) -> &'static [(String, Scenario, Played)] {
    static FREE: OnceCell<Vec<(String, Scenario, Played)>> = OnceCell::const_new();
    static GUIDED: OnceCell<Vec<(String, Scenario, Played)>> = OnceCell::const_new();
    let all = match mode {
        Mode::Free => &FREE,
        Mode::Guided => &GUIDED,
    };
    let play_all = async || {
        let mut all = vec![];
        for (name, scenario) in scenarios() {
            if scenario.modes.contains(&mode) {
                let played = play(&scenario, mode).await;
                all.push((name, scenario, played));
            }
        }
        all
    };
    all.get_or_init(play_all).await
}

async fn assert_solved(mode: Mode) {
    let all = played(mode).await;
    for (name, _, played) in all {
        println!(
            "{mode:?} {name}: {} calls, {} bytes, {} of them the script, {} wrong",
            played.calls(),
            played.bytes(),
            played.first,
            played.wrong.len()
        );
    }
    if std::env::var_os("CONVERSATION").is_some() {
        all.iter().for_each(|(name, scenario, played)| println!("{}", played.report(name, scenario, mode)));
    }
    let failed = all.iter().filter(|(.., played)| !played.wrong.is_empty());
    let failed: String = failed.map(|(name, scenario, played)| played.report(name, scenario, mode)).collect();
    assert!(failed.is_empty(), "of {}:\n{failed}", all.len());
}

#[tokio::test(start_paused = true)]
async fn conversations_are_solved_by_the_prompt_and_all_tools() {
    assert_solved(Mode::Free).await;
}

#[tokio::test(start_paused = true)]
async fn conversations_are_solved_led_by_a_taskgraph() {
    assert_solved(Mode::Guided).await;
}

/// The conversations that a model with the habits of free mode does not solve where it is led.
const UNSOLVED_BY_HABIT: &[&str] = &[];
/// The share of conversations that it solves at least, in percent.
const SOLVED_BY_HABIT_MIN: usize = 90;

/// Models send the tools' own arguments, and fields of answers, whatever they are asked for.
#[tokio::test(start_paused = true)]
async fn conversations_are_solved_by_a_model_that_sends_the_tools_own_arguments() {
    let (mut all, mut unsolved, mut reports) = (0, vec![], String::new());
    for (name, scenario) in scenarios().into_iter().filter(|(_, scenario)| scenario.modes.contains(&Mode::Guided)) {
        let played = play_led(&scenario, Habit::OfTools).await;
        all += 1;
        if !played.wrong.is_empty() {
            reports += &played.report(&name, &scenario, Mode::Guided);
            unsolved.push(name);
        }
    }
    let known: Vec<_> = UNSOLVED_BY_HABIT.iter().copied().filter(|name| only_or_all(name)).collect();
    assert_eq!(unsolved, known, "{reports}");
    assert!((all - unsolved.len()) * 100 >= all * SOLVED_BY_HABIT_MIN, "{} of {all}: {reports}", unsolved.len());
}

/// A conversation that is passed by doing nothing would say nothing.
#[tokio::test(start_paused = true)]
async fn a_desk_that_does_nothing_fails_every_conversation() {
    for (name, scenario) in scenarios() {
        let (world, stage) = stage(&scenario).await;
        let turns = talk(&world, &stage, &scenario, &mut Idle).await;
        assert!(!wrong(&scenario, &stage, &turns).is_empty(), "{name}");
    }
}

/// The calls and bytes of a conversation in each way in which it is played.
type Costs = BTreeMap<(String, Mode), (usize, usize)>;

async fn costs() -> Costs {
    let mut all = Costs::new();
    for mode in [Mode::Free, Mode::Guided] {
        let costs =
            |(name, _, played): &(String, Scenario, Played)| ((name.clone(), mode), (played.calls(), played.bytes()));
        all.extend(played(mode).await.iter().map(costs));
    }
    all
}

/// The table, one conversation in a row.
fn table(costs: &Costs) -> String {
    let names: std::collections::BTreeSet<&String> = costs.keys().map(|(name, _)| name).collect();
    let cells = |name: &String, mode| {
        costs.get(&(name.clone(), mode)).map_or("| - | - ".to_owned(), |(calls, bytes)| format!("| {calls} | {bytes} "))
    };
    let row = |name: &String| format!("| {name} {}{}|\n", cells(name, Mode::Free), cells(name, Mode::Guided));
    let rows: String = names.into_iter().map(row).collect();
    format!("| conversation | calls, free | bytes | calls, guided | bytes |\n|---|---|---|---|---|\n{rows}")
}

/// The costs that the table of the page has.
fn written(page: &str) -> Costs {
    let mut all = Costs::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = |at: usize| cells.get(at).and_then(|cell| cell.parse::<usize>().ok());
        for (mode, at) in [(Mode::Free, 2), (Mode::Guided, 4)] {
            if let (Some(calls), Some(bytes)) = (number(at), number(at + 1)) {
                all.insert((cells[1].to_owned(), mode), (calls, bytes));
            }
        }
    }
    all
}

/// `UPDATE=1` writes the table.
#[tokio::test(start_paused = true)]
async fn conversations_cost_no_more_than_the_table_says() {
    let costs = costs().await;
    if updating() {
        return check_section(PAGE, "costs", &table(&costs));
    }
    let known = written(&text_of(PAGE));
    let kept = known.keys().all(|row| costs.contains_key(row)) || std::env::var_os("CONVERSATION").is_some();
    assert!(kept, "the table has a conversation that is not there: write it with `UPDATE=1`");
    for (row, (calls, bytes)) in &costs {
        let Some((calls_max, bytes_max)) = known.get(row) else {
            panic!("{row:?} is not in {PAGE}: write it with `UPDATE=1`")
        };
        assert!(
            calls <= calls_max && bytes <= bytes_max,
            "{row:?}: {calls} calls, {bytes} bytes; were {calls_max} and {bytes_max}"
        );
    }
}

/// The same conversation costs at most half more when it is led. What the model reads of the script counts on both sides: the
/// prompt where it is free, and the answer that begins the session where it is led. Without either, all together cost no more.
#[tokio::test(start_paused = true)]
async fn a_led_conversation_costs_at_most_half_more_than_a_free_one() {
    let (mut calls, mut steps) = (0, 0);
    for (name, _, free) in played(Mode::Free).await {
        let Some((.., guided)) = played(Mode::Guided).await.iter().find(|(other, ..)| other == name) else { continue };
        let (free_all, guided_all) = (free.bytes() + free.first, guided.bytes());
        assert!(guided_all * 2 <= free_all * 3, "{name}: {guided_all} bytes led, {free_all} free");
        calls += free.bytes();
        steps += guided.bytes() - guided.first;
    }
    println!("all, without the script: {steps} bytes led, {calls} free");
    assert!(steps <= calls, "{steps} bytes led, {calls} free");
}
