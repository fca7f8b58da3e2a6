//! Tools that panic, wait, wait for each other, ask a person, report progress and return too much, for tests of the limits around every tool.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

use frontdesk::tool::field::Field;
use frontdesk::tool::question::ElicitationRequest;
use frontdesk::tool::{Ctx, Effect, Tool, ToolEntry, ToolError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub(crate) fn all() -> Vec<ToolEntry> {
    vec![
        ToolEntry::of::<Panics>(),
        ToolEntry::of::<Sleeps>(),
        ToolEntry::of::<Reports>(),
        ToolEntry::of::<Grows>(),
        ToolEntry::of::<Meets>(),
        ToolEntry::of::<Asks>(),
    ]
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Said {
    text: String,
}

fn said(text: impl Into<String>) -> Result<Said, ToolError> {
    Ok(Said { text: text.into() })
}

macro_rules! tool {
    ($type:ident $fields:tt, $name:literal, $effect:ident, |$this:ident, $ctx:ident| $body:expr) => {
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $type $fields

        impl Tool for $type {
            const NAME: &'static str = $name;
            const TITLE: &'static str = $name;
            const EFFECT: Effect = Effect::$effect;
            const SCOPES: &'static [&'static str] = &[];
            type Output = Said;

            async fn call(self, $ctx: &Ctx) -> Result<Said, ToolError> {
                let $this = self;
                $body
            }
        }
    };
}
tool!(Asks {}, "asks", Read, |_this, ctx| {
    let sure = ElicitationRequest::new("sure", "Are you sure?", "call again").field(Field::boolean("sure", "Sure"));
    ctx.ask(sure).await?.accepted("the call")?;
    said("answered")
});

tool!(Panics {}, "panics", Read, |_this, _ctx| panic!("by intent"));

tool!(Sleeps { seconds: u64 }, "sleeps", Read, |this, _ctx| {
    let _asleep = Asleep::new(this.seconds);
    tokio::time::sleep(Duration::from_secs(this.seconds)).await;
    said("rested")
});

tool!(Reports { steps: u32 }, "reports", Read, |this, ctx| {
    for step in 1..=this.steps {
        ctx.progress(f64::from(step), Some(f64::from(this.steps)), format!("step {step}"));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Progress that does not grow is not sent.
    ctx.progress(0.5, None, "back again");
    said("reported")
});

tool!(Grows { bytes: usize }, "grows", Read, |this, _ctx| said("x".repeat(this.bytes)));

tool!(Meets { group: String, of: usize, name: String }, "meets", Read, |this, _ctx| {
    MET.send_modify(|met| *met.entry(this.group.clone()).or_default() += 1);
    let all = |met: &BTreeMap<String, usize>| met.get(&this.group).is_some_and(|count| *count >= this.of);
    let met = MET.subscribe().wait_for(all).await.map(drop);
    met.map_err(|_| ToolError::new(domain::code::Code::Internal, "nobody came", "call again"))?;
    said(this.name)
});

/// The calls of `meets` so far, by their group.
static MET: LazyLock<watch::Sender<BTreeMap<String, usize>>> = LazyLock::new(watch::Sender::default);

/// Waits until this number of calls has come to the group.
pub(crate) async fn wait_until_met(group: &str, count: usize) {
    MET.subscribe().wait_for(|met| met.get(group).is_some_and(|met| *met >= count)).await.unwrap();
}

/// Running calls of `sleeps`, by their seconds; each test uses a number of its own.
static ASLEEP: LazyLock<watch::Sender<BTreeSet<u64>>> = LazyLock::new(watch::Sender::default);

/// Waits until a call sleeps for this number of seconds.
pub(crate) async fn wait_until_asleep(seconds: u64) {
    ASLEEP.subscribe().wait_for(|asleep| asleep.contains(&seconds)).await.unwrap();
}

/// Waits until that call sleeps no more, for whatever reason.
pub(crate) async fn wait_until_awake(seconds: u64) {
    ASLEEP.subscribe().wait_for(|asleep| !asleep.contains(&seconds)).await.unwrap();
}

struct Asleep(u64);

impl Asleep {
    fn new(seconds: u64) -> Asleep {
        ASLEEP.send_if_modified(|asleep| asleep.insert(seconds));
        Asleep(seconds)
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        ASLEEP.send_if_modified(|asleep| asleep.remove(&self.0));
    }
}
