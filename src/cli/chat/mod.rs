//! `frontdesk chat`: a conversation in the terminal, with a model or without one.
//!
//! | module | content |
//! |---|---|
//! | `input` | the lines of the person: from a terminal with editing and history, from a file, or from a pipe |
//! | `screen` | what is printed: replies, numbered choices, calls of tools |
//! | `transcript` | the conversation as a file |
//! | `error` | the failures of the command |

mod error;
mod input;
mod screen;
mod transcript;
mod typed_line;

use std::io::Write;
use std::process::ExitCode;

use tokio::signal::ctrl_c;
use uuid::Uuid;

use self::error::Error;
use self::input::{Input, InputLine};
use self::screen::{Screen, Style};
use self::transcript::TranscriptFile;
use crate::app::App;
use crate::chat::brain::HandOver;
use crate::chat::desk::{ChatDesk, DeskSettings};
use crate::chat::limits::TurnLimits;
use crate::chat::turn::{Chat, TurnOutcome};
use crate::chat::visitor::Trust;
use crate::cli::desk_choices;
use crate::config::ChatSettings;
use crate::mcp::Server;
use crate::tool::on_behalf_of::OnBehalfOf;

/// One wait for what a person writes who has the conversation, and the pause after one that failed.
const LISTEN_SECONDS: u64 = 20;
const LISTEN_AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// The commands that a person can type, with what they do.
const COMMANDS: [(&str, &str); 6] = [
    ("/person", "ask for a person"),
    ("/bot", "leave the person who answers"),
    ("/restart", "begin a new conversation"),
    ("/whoami", "say for whom tools are called"),
    ("/help", "list these commands"),
    ("/quit", "leave, as Ctrl-D does"),
];

/// Talks until the person leaves or the script ends. The exit code is 1 if a message was not answered.
/// `in_terminal` says that `out` is one.
pub async fn run(
    app: App,
    sandbox: bool,
    settings: &ChatSettings,
    out: &mut impl Write,
    in_terminal: bool,
) -> anyhow::Result<ExitCode> {
    let brain = desk_choices::brain(settings.brain, &settings.model)?;
    let persona = desk_choices::persona(settings.persona.as_deref())?;
    let mut input = Input::open(settings.script.as_deref())?;
    let mut transcript = TranscriptFile::open(settings.transcript.as_deref())?;
    let style = Style { colours: input.is_terminal() && in_terminal, verbose: settings.verbose };
    let mut screen = Screen { out, style, echoes: !input.is_terminal(), failed: None };
    let believed = settings.trust_claimed || (sandbox && !settings.claimed);
    let desk = DeskSettings {
        graph: settings.graph.clone(),
        persona,
        representative: settings.representative.clone(),
        trust: if believed { Trust::Operator } else { Trust::Claimed },
        limits: TurnLimits {
            window_messages: settings.window_messages as usize,
            window_tokens: settings.window_tokens as usize,
            time: settings.model.turn_time(TurnLimits::default().time),
            ..TurnLimits::default()
        },
    };
    let talked = app.talk(async |server: Server| -> Result<bool, Error> {
        let desk = ChatDesk::new(server, desk).await?;
        let desk = match brain {
            Some(brain) => desk.with_brain(brain),
            None => desk,
        };
        talk(&desk, &mut input, &mut screen, &mut transcript).await
    });
    let answered = talked.await??;
    Ok(if answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Talks; `true` if every message was answered.
async fn talk<W: Write>(
    desk: &ChatDesk,
    input: &mut Input,
    screen: &mut Screen<'_, W>,
    transcript: &mut TranscriptFile,
) -> Result<bool, Error> {
    let mut chat = begin(desk, screen, transcript)?;
    let mut answered = true;
    let mut stopping = false;
    loop {
        let message = match next(input, &mut chat, screen, transcript).await? {
            InputLine::End => break,
            InputLine::Interrupted if stopping => break,
            InputLine::Interrupted => {
                stopping = true;
                screen.note("Ctrl-C once more leaves.")?;
                continue;
            }
            InputLine::Said(message) => message,
        };
        stopping = false;
        screen.visitor(&message)?;
        match message.trim() {
            "" if input.is_terminal() => {}
            "/quit" | "/exit" => break,
            "/help" => screen.commands(&COMMANDS)?,
            "/whoami" => screen.note(&whoami(chat.visitor().on_behalf_of()))?,
            "/restart" => {
                chat.leave_person().await;
                chat = begin(desk, screen, transcript)?;
            }
            "/bot" => leave_person(&mut chat, screen).await?,
            said => {
                transcript.visitor(said)?;
                match turn(&mut chat, said, screen).await? {
                    Some(turn) => {
                        answered &= is_answered(&turn);
                        screen.reply(&turn)?;
                        transcript.desk(&turn)?;
                    }
                    None => {
                        stopping = true;
                        screen.note("Stopped. What a tool had begun may still be done. Ctrl-C once more leaves.")?;
                    }
                }
            }
        }
    }
    chat.leave_person().await;
    Ok(answered)
}

/// Leaves the person who has the conversation.
async fn leave_person<W: Write>(chat: &mut Chat, screen: &mut Screen<'_, W>) -> Result<(), Error> {
    if !chat.is_with_person() {
        return Ok(screen.note("No person has this conversation.")?);
    }
    chat.leave_person().await;
    Ok(screen.note("You have left the person; the desk answers again. What they have to do for you stays open.")?)
}

/// The next line; meanwhile what a person writes who has the conversation is shown. Lines of a file wait for the person's
/// turn, as in a talk.
async fn next<W: Write>(
    input: &mut Input,
    chat: &mut Chat,
    screen: &mut Screen<'_, W>,
    transcript: &mut TranscriptFile,
) -> Result<InputLine, Error> {
    if !chat.is_with_person() {
        return input.next().await;
    }
    if !input.is_terminal() {
        if let Some(heard) = chat.listen(LISTEN_SECONDS).await {
            screen.heard(&heard, None)?;
            transcript.heard(&heard)?;
        }
        return input.next().await;
    }
    let printer = input.printer();
    let mut reading = std::pin::pin!(input.next());
    loop {
        tokio::select! {
            line = &mut reading => return line,
            heard = chat.listen(LISTEN_SECONDS), if chat.is_with_person() => match heard {
                Some(heard) => {
                    screen.heard(&heard, printer.as_ref())?;
                    transcript.heard(&heard)?;
                }
                None => tokio::time::sleep(LISTEN_AGAIN).await,
            },
        }
    }
}

fn begin<W: Write>(
    desk: &ChatDesk,
    screen: &mut Screen<'_, W>,
    transcript: &mut TranscriptFile,
) -> Result<Chat, Error> {
    let (chat, greeting) = desk.begin(&format!("chat-{}", Uuid::now_v7().simple()));
    let turn = TurnOutcome { reply: greeting, ..TurnOutcome::default() };
    screen.reply(&turn)?;
    transcript.desk(&turn)?;
    Ok(chat)
}

/// One turn; `None` if Ctrl-C ended it.
async fn turn<W: Write>(chat: &mut Chat, said: &str, screen: &mut Screen<'_, W>) -> Result<Option<TurnOutcome>, Error> {
    screen.works()?;
    let mut calls = vec![];
    let mut watch = |done: &crate::chat::brain::FinishedCall| calls.push(done.clone());
    let turn = tokio::select! {
        turn = chat.turn(said, &mut watch) => Some(turn),
        _ = ctrl_c() => None,
    };
    screen.rests()?;
    if turn.is_none() {
        screen.calls(&calls)?;
    }
    Ok(turn)
}

/// A turn that ended because something failed or went on for too long was not answered.
fn is_answered(turn: &TurnOutcome) -> bool {
    let gave_up = [HandOver::Failed, HandOver::Limit].map(Some).contains(&turn.reply.hand_over);
    turn.passed_on || (!gave_up && !turn.reply.text.is_empty())
}

fn whoami(who: &OnBehalfOf) -> String {
    match who {
        OnBehalfOf::Operator => {
            "You are the operator: tools answer about any customer, and an address you type is believed.".to_owned()
        }
        OnBehalfOf::Verified { address, .. } => format!("You are the verified customer {}.", address.as_str()),
        OnBehalfOf::Claimed { address } => {
            format!(
                "You say that you are {}: you can get a ticket, a meeting or a person, and hear nothing that is stored.",
                address.as_str()
            )
        }
        OnBehalfOf::Anonymous => {
            "Nobody knows who you are: you can ask about products, or say your e-mail address.".to_owned()
        }
    }
}
