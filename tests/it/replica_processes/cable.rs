//! The cable to a server, which a test cuts: a proxy on this machine.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The state of a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Everything is carried.
    Whole,
    /// Nothing is carried, and nobody is told.
    Silent,
    /// Connections are closed, and new ones at once.
    Cut,
}

/// A state, and how often the cable was cut: a connection from before a cut is closed, also if the cable is whole again.
#[derive(Clone, Copy, Debug)]
struct Cabled {
    state: State,
    cuts: u32,
}

/// A cable to one server. It ends with the test's runtime.
pub(super) struct Cable {
    /// The address of its near end.
    pub(super) address: SocketAddr,
    cabled: watch::Sender<Cabled>,
}

impl Cable {
    /// Lays a cable to this server.
    pub(super) async fn to(server: &str) -> Cable {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, server) = (listener.local_addr().unwrap(), server.to_owned());
        let (cabled, states) = watch::channel(Cabled { state: State::Whole, cuts: 0 });
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, server.clone(), states.clone()));
            }
        });
        Cable { address, cabled }
    }

    /// Changes its state, also for the connections that are open.
    pub(super) fn set(&self, state: State) {
        self.cabled.send_modify(|cabled| {
            cabled.state = state;
            cabled.cuts += u32::from(state == State::Cut);
        });
    }
}

async fn carry(mut near: TcpStream, server: String, mut states: watch::Receiver<Cabled>) {
    let Ok(mut far) = TcpStream::connect(&server).await else { return };
    let cuts = states.borrow_and_update().cuts;
    loop {
        let now = *states.borrow_and_update();
        let changed = match now.state {
            _ if now.cuts > cuts => return,
            State::Cut => return,
            State::Silent => states.changed().await,
            State::Whole => tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => return,
                changed = states.changed() => changed,
            },
        };
        if changed.is_err() {
            return;
        }
    }
}
