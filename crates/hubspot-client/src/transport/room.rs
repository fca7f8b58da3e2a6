//! The places of a limit that may be taken now.

/// Places, by who may take them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// Places of a window that is this process's own.
    Window(usize),
    /// Places that were given to this process: for anybody, and for callers from whom at most so many are kept.
    Leased { open: usize, reserved: usize, floor: usize },
}

impl Room {
    /// True if a caller may take a place from whom so many are kept.
    pub(crate) fn admits(self, kept: usize) -> bool {
        match self {
            Room::Window(left) => left > kept,
            Room::Leased { open, reserved, floor } => open > 0 || reserved > 0 && kept <= floor,
        }
    }
}

impl From<usize> for Room {
    fn from(left: usize) -> Room {
        Room::Window(left)
    }
}
